using System.CommandLine;
using System.Globalization;
using Dna.Fast.Client;
using Dna.Fast.Hosting;
using Dna.Fast.Hosting.Stores;
using Dna.Fast.Settings;
using Dna.Fast.Storage.Exports;
using Dna.Fast.Wire;

namespace Dna.Fast.Commands.Store;

/// <summary><c>dna store export</c>: all values as one file.</summary>
internal static class StoreExportCommand
{
    private const int BufferBytes = 1 << 18;

    /// <summary>Bytes between two lines of progress.</summary>
    private const long ProgressBytes = 64L << 20;

    private static readonly Argument<string> FileName = new("FILE") { Description = "Where to; - is the standard output" };

    private static readonly TextOption<ExportForm> Form = Texts.Option<ExportForm>(
        "--format", "What to write: \"dna\"; \"dhtnode\", the state file (-f) of stock nodes from 4.3 on; \"dhtnode-old\", the one before, for this machine and until it is started anew", "FORMAT",
        ("dna", ExportForm.Dna), TryParse, "dna, dhtnode or dhtnode-old");

    private static readonly StoreJob Job = new();

    public static Command Create()
    {
        var command = new DnaCommand(
            "export",
            "Writes all values with their times and sources into one checksummed file (its format: src/README.md), for its owner alone, whole or not at all. From a running node while it serves, else from its store. Of what changes meanwhile the file may have either version.",
            "dna store export backup.dnax",
            "dna store export - --data /var/lib/dna | zstd > backup.dnax.zst",
            "dna store export state --format dhtnode")
        {
            FileName, Form,
        };
        Job.AddTo(command);
        command.SetAction((result, _) => Job.RunAsync(result, "store export", makes: false, (access, cancellation) =>
            result.GetValue(Form) == ExportForm.Dna ? ExportAsync(result, access.Talk.Stream, cancellation) : ExportStateAsync(result, access.Talk.Stream, cancellation)));
        return command;
    }

    private static bool TryParse(string text, out ExportForm form)
    {
        form = text switch { "dhtnode" => ExportForm.DhtNode, "dhtnode-old" => ExportForm.DhtNodeOld, _ => ExportForm.Dna };
        return form != ExportForm.Dna || text == "dna";
    }

    /// <summary>The values as a stock node's state file, with the good nodes of ours.</summary>
    private static async Task<int> ExportStateAsync(ParseResult result, Stream from, CancellationToken cancellation)
    {
        string file = result.GetValue(FileName)!;
        var reader = new ExportReader(new BufferedStream(from, BufferBytes));
        IReadOnlyList<(InfoHash, NodeAddress)> nodes = GoodNodesFile.Read(DataDirectory.NodesIn(Path.GetFullPath(Job.DataOf(result))), out _);
        byte[]? state = await StockValues.FromExportAsync(reader, nodes, result.GetValue(Form) == ExportForm.DhtNodeOld, StockMoment.Now, cancellation).ConfigureAwait(false);
        if (state is null) return await ClientCommand.FailAsync(result.InvocationConfiguration.Error, ExitCode.Failed, $"nothing is kept: {reader.Problem}").ConfigureAwait(false);
        using var target = file == "-" ? null : new AtomicStream(file);
        Stream to = target?.Stream ?? Console.OpenStandardOutput();
        await to.WriteAsync(state, cancellation).ConfigureAwait(false);
        await to.FlushAsync(cancellation).ConfigureAwait(false);
        target?.Commit();
        return await SayAsync(result, reader.Records, state.Length).ConfigureAwait(false);
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
        return await SayAsync(result, reader.Records, reader.Bytes).ConfigureAwait(false);
    }

    private static async Task<int> SayAsync(ParseResult result, long values, long bytes)
    {
        string text = Job.IsJson(result)
            ? JsonLine.Write(json =>
            {
                json.WriteNumber("values", values);
                json.WriteNumber("bytes", bytes);
                json.WriteBoolean("ok", true);
            })
            : string.Create(CultureInfo.InvariantCulture, $"{values} values, {ByteSize.Format(bytes)}");
        await (result.GetValue(FileName) == "-" ? result.InvocationConfiguration.Error : result.InvocationConfiguration.Output).WriteLineAsync(text).ConfigureAwait(false);
        return ExitCode.Ok;
    }

    private enum ExportForm
    {
        Dna,
        DhtNode,
        DhtNodeOld,
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
