using System.Buffers;
using System.Text;
using System.Text.Json;
using Dna.Fast.Client;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Storage;
using Dna.Fast.Storage.Exports;
using Dna.Fast.Wire;

namespace Dna.Fast.Hosting.Stores;

/// <summary>The conversations about a store: <c>store inspect [KEY]</c>, <c>store check [signatures]</c>, <c>store compact</c>, <c>store export</c>, <c>store import</c>.</summary>
/// <remarks>
/// Answers are JSON objects, one a line; the last one has <c>done</c>, the others tell how far it is. An export is the bytes of the file instead; an import waits for them after a first line. One store,
/// used by its node or opened by the command itself: both speak with this.
/// </remarks>
/// <param name="changed">Told of each value that an import brought.</param>
internal sealed class StoreStreams(FasterValueStore store, IValueVerifier verifier, TimeProvider time, Action<InfoHash, ulong> changed) : ISocketStreams
{
    /// <summary>What is read of the store at a time, in bytes of its log, and so held in memory.</summary>
    private const long PartBytes = 1 << 20;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    public Func<Stream, CancellationToken, Task>? Find(string question) => question.Split(' ') switch
    {
        ["store", "inspect"] => InspectAsync,
        ["store", "inspect", var key] when InfoHash.TryParse(key, out InfoHash wanted) => (stream, _) => SayAsync(stream, json =>
        {
            StoreInspection.WriteKey(json, store, wanted, NowUnixMs);
            json.WriteBoolean("done", true);
        }),
        ["store", "check"] => (stream, end) => CheckAsync(stream, new StoreExamination(null), end),
        ["store", "check", "signatures"] => (stream, end) => CheckAsync(stream, new StoreExamination(new StorePolicy(verifier)), end),
        ["store", "compact"] => CompactAsync,
        ["store", "export"] => ExportAsync,
        ["store", "import"] => ImportAsync,
        _ => null,
    };

    private long NowUnixMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static Task SayAsync(Stream stream, Action<Utf8JsonWriter> write) => stream.WriteAsync(Encoding.UTF8.GetBytes(JsonLine.Write(write) + "\n")).AsTask();

    /// <summary>Goes over the store part by part; after each, <paramref name="then"/>.</summary>
    private async Task ScanAsync(IKeyValueVisitor visitor, Func<Task> then, CancellationToken end)
    {
        for (long at = 0; at >= 0;)
        {
            end.ThrowIfCancellationRequested();
            long from = at;
            at = await Task.Run(() => store.ScanPart(from, PartBytes, NowUnixMs, visitor), end).ConfigureAwait(false);
            await then().ConfigureAwait(false);
        }
    }

    // A line a second, so that somebody who waits sees that it goes on, and one who left is noticed.
    private Func<Task> Progress(Stream stream, Action<Utf8JsonWriter> write)
    {
        long told = time.GetTimestamp();
        return async () =>
        {
            if (time.GetElapsedTime(told) < ProgressInterval) return;
            told = time.GetTimestamp();
            await SayAsync(stream, write).ConfigureAwait(false);
        };
    }

    private async Task InspectAsync(Stream stream, CancellationToken end)
    {
        var inspection = new StoreInspection(NowUnixMs);
        await ScanAsync(inspection, Progress(stream, json => json.WriteString("phase", "reading")), end).ConfigureAwait(false);
        await SayAsync(stream, json =>
        {
            inspection.Write(json);
            json.WriteBoolean("done", true);
        }).ConfigureAwait(false);
    }

    private async Task CheckAsync(Stream stream, StoreExamination examination, CancellationToken end)
    {
        await ScanAsync(examination, Progress(stream, json => json.WriteNumber("values", examination.Values)), end).ConfigureAwait(false);
        StoreStatistics statistics = store.Statistics;
        await SayAsync(stream, json =>
        {
            examination.Write(json);
            json.WriteNumber("damaged", statistics.Damaged);
            json.WriteString("health", statistics.Health);
            json.WriteBoolean("ok", examination.Wrong == 0 && statistics.Damaged == 0 && statistics.Health == "ok");
            json.WriteBoolean("done", true);
        }).ConfigureAwait(false);
    }

    private async Task CompactAsync(Stream stream, CancellationToken end)
    {
        long before = store.Statistics.DiskBytes;
        Task<bool> work = Task.Run(() => store.Compact(() => !end.IsCancellationRequested), CancellationToken.None);
        while (await Task.WhenAny(work, Task.Delay(ProgressInterval, time, CancellationToken.None)).ConfigureAwait(false) != work)
            await SayAsync(stream, json => json.WriteNumber("disk_bytes", store.Statistics.DiskBytes)).ConfigureAwait(false);
        bool isDone = await work.ConfigureAwait(false);
        await SayAsync(stream, json =>
        {
            json.WriteNumber("before", before);
            json.WriteNumber("after", store.Statistics.DiskBytes);
            json.WriteBoolean("ok", isDone);
            json.WriteBoolean("done", true);
        }).ConfigureAwait(false);
    }

    private async Task ExportAsync(Stream stream, CancellationToken end)
    {
        var buffer = new ArrayBufferWriter<byte>((int)PartBytes);
        var writer = new ExportWriter(buffer);
        writer.WriteHeader(NowUnixMs);
        await ScanAsync(writer, FlushAsync, end).ConfigureAwait(false);
        writer.WriteEnd();
        await FlushAsync().ConfigureAwait(false);

        async Task FlushAsync()
        {
            await stream.WriteAsync(buffer.WrittenMemory, end).ConfigureAwait(false);
            buffer.ResetWrittenCount();
        }
    }

    private async Task ImportAsync(Stream stream, CancellationToken end)
    {
        await SayAsync(stream, json => json.WriteString("phase", "send")).ConfigureAwait(false);
        var import = new StoreImport(store, verifier, time, changed);
        var reader = new ExportReader(stream);
        await import.RunAsync(reader, Progress(stream, import.Write), end).ConfigureAwait(false);
        await SayAsync(stream, json =>
        {
            import.Write(json);
            json.WriteNumber("read", reader.Records);
            if (import.Problem is { } problem) json.WriteString("problem", problem);
            json.WriteBoolean("ok", import.Problem is null);
            json.WriteBoolean("done", true);
        }).ConfigureAwait(false);
    }
}
