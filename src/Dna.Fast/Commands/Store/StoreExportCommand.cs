using System.CommandLine;
using System.Globalization;
using Dna.Fast.Client;
using Dna.Fast.Hosting;
using Dna.Fast.Settings;
using Dna.Fast.Storage.Exports;

namespace Dna.Fast.Commands.Store;

/// <summary><c>dna store export</c>: all values as one file.</summary>
internal static class StoreExportCommand
{
    private const int BufferBytes = 1 << 18;

    /// <summary>Bytes between two lines of progress.</summary>
    private const long ProgressBytes = 64L << 20;

    private static readonly Argument<string> FileName = new("FILE") { Description = "Where to; - is the standard output" };

    private static readonly StoreJob Job = new();

    public static Command Create()
    {
        var command = new DnaCommand(
            "export",
            "Writes all values with their times and sources into one checksummed file (its format: src/README.md), for its owner alone, whole or not at all. From a running node while it serves, else from its store. Of what changes meanwhile the file may have either version.",
            "dna store export backup.dnax",
            "dna store export - --data /var/lib/dna | zstd > backup.dnax.zst")
        {
            FileName,
        };
        Job.AddTo(command);
        command.SetAction((result, _) => Job.RunAsync(result, "store export", makes: false, (access, cancellation) => ExportAsync(result, access.Talk.Stream, cancellation)));
        return command;
    }

    private static async Task<int> ExportAsync(ParseResult result, Stream from, CancellationToken cancellation)
    {
        string file = result.GetValue(FileName)!;
        TextWriter error = result.InvocationConfiguration.Error;
        var copy = new CopyingStream(from);
        var reader = new ExportReader(copy);
        using var target = file == "-" ? null : new AtomicStream(file);
        copy.To = target?.Stream ?? Console.OpenStandardOutput();
        long told = ProgressBytes;
        // What goes through is read as a reader would: a file that was written here is known to be sound.
        while (await reader.NextAsync(cancellation).ConfigureAwait(false))
        {
            if (reader.Bytes < told) continue;
            told += ProgressBytes;
            await error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{reader.Records} values, {ByteSize.Format(reader.Bytes)}")).ConfigureAwait(false);
        }

        if (!reader.IsComplete) return await ClientCommand.FailAsync(error, ExitCode.Failed, $"nothing is kept: {reader.Problem}").ConfigureAwait(false);
        await copy.To.FlushAsync(cancellation).ConfigureAwait(false);
        target?.Commit();
        string text = Job.IsJson(result)
            ? JsonLine.Write(json =>
            {
                json.WriteNumber("values", reader.Records);
                json.WriteNumber("bytes", reader.Bytes);
                json.WriteBoolean("ok", true);
            })
            : string.Create(CultureInfo.InvariantCulture, $"{reader.Records} values, {ByteSize.Format(reader.Bytes)}");
        await (file == "-" ? error : result.InvocationConfiguration.Output).WriteLineAsync(text).ConfigureAwait(false);
        return ExitCode.Ok;
    }

    /// <summary>Hands on what is read, buffered.</summary>
    private sealed class CopyingStream(Stream from) : Stream
    {
        private readonly byte[] _buffer = new byte[BufferBytes];
        private int _start;
        private int _end;

        public Stream To { get; set; } = Null;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_start == _end)
            {
                _start = 0;
                _end = await from.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
                await To.WriteAsync(_buffer.AsMemory(0, _end), cancellationToken).ConfigureAwait(false);
            }

            int length = Math.Min(buffer.Length, _end - _start);
            _buffer.AsMemory(_start, length).CopyTo(buffer);
            _start += length;
            return length;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
