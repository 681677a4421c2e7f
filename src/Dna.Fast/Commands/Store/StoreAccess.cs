using System.Text.Json;
using Dna.Fast.Client;
using Dna.Fast.Hosting;
using Dna.Fast.Hosting.Stores;
using Dna.Fast.Identity;
using Dna.Fast.Storage;

namespace Dna.Fast.Commands.Store;

/// <summary>A store to work with: through the node that runs on the data directory, else opened by the command itself.</summary>
internal sealed class StoreAccess : IAsyncDisposable
{
    private readonly FasterValueStore? _store;
    private readonly Task _serving;
    private readonly CancellationTokenSource _end = new();

    private StoreAccess(StatusTalk talk, FasterValueStore? store, Func<CancellationToken, Task>? serve)
    {
        Talk = talk;
        _store = store;
        _serving = serve is null ? Task.CompletedTask : Task.Run(() => serve(_end.Token));
    }

    public StatusTalk Talk { get; }

    /// <summary>Opens a conversation about the store of a data directory.</summary>
    /// <param name="question">See <see cref="StoreStreams"/>.</param>
    /// <param name="memoryBytes">For a store that no node has open: as its node uses it, else both build the index anew.</param>
    /// <param name="makes">True: a store that is not there is begun.</param>
    /// <returns>The access, or the exit code after saying on <paramref name="error"/> why not.</returns>
    public static async Task<(StoreAccess? Access, int Code)> OpenAsync(
        string directory, string question, long memoryBytes, bool makes, TextWriter error, CancellationToken cancellation)
    {
        string full = Path.GetFullPath(directory);
        (StatusTalk? talk, string _) = await StatusTalk.OpenAsync(DataDirectory.StatusSocketIn(full), question, cancellation).ConfigureAwait(false);
        if (talk is not null) return (new StoreAccess(talk, null, null), ExitCode.Ok);
        string path = DataDirectory.StoreIn(full);
        if (!makes && !Directory.Exists(path)) return (null, await ClientCommand.FailAsync(error, ExitCode.Store, $"no node runs on {full}, and no store is there").ConfigureAwait(false));
        Posix.KeepFilesPrivate();
        try
        {
            if (makes) DataDirectory.Open(full);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return (null, await ClientCommand.FailAsync(error, ExitCode.Store, failure.Message).ConfigureAwait(false));
        }

        // Nothing is evicted here: what may lie in a store is for its node to say.
        OpenResult opened = FasterValueStore.Open(new StoreOptions { Directory = path, MemoryBytes = memoryBytes, LimitBytes = long.MaxValue / 4 });
        if (opened.Store is not { } store) return (null, await ClientCommand.FailAsync(error, ExitCode.Store, opened.Message).ConfigureAwait(false));
        (Stream ours, Stream its) = Duplex.Pair();
        Func<Stream, CancellationToken, Task> act = new StoreStreams(store, new RsaVerifier(), TimeProvider.System, (_, _) => { }).Find(question)!;
        return (new StoreAccess(new StatusTalk(ours), store, async end =>
        {
            await using (its) await act(its, end).ConfigureAwait(false);
        }), ExitCode.Ok);
    }

    /// <summary>Reads answers up to the last one.</summary>
    /// <param name="tell">Shown the others.</param>
    /// <returns>The last answer; null when the other side broke off.</returns>
    public async Task<JsonElement?> LastAsync(Action<JsonElement> tell, CancellationToken cancellation)
    {
        while (await Talk.NextAsync(cancellation).ConfigureAwait(false) is { } answer)
        {
            if (answer.TryGetProperty("done", out _)) return answer;
            // A node of an earlier version answers every question with its status.
            if (answer.TryGetProperty("counters", out _)) return null;
            tell(answer);
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        Talk.Dispose();
        try
        {
            await _serving.ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or InvalidOperationException)
        {
            // Its other end, which is us, went away.
        }

        _store?.Dispose();
        _end.Dispose();
    }
}
