using Dna.Fast.Kademlia;
using Dna.Fast.Logging;
using Dna.Fast.Net;
using Dna.Fast.Settings;
using Dna.Fast.Wire;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Hosting;

/// <summary>The bootstrap nodes of a running node: addresses at once, names as they resolve; the list may change.</summary>
/// <param name="resolve">Resolves one entry's text.</param>
/// <param name="node">The node to tell.</param>
internal sealed class BootstrapList(
    Func<string, CancellationToken, Task<ResolveResult>> resolve, IBootstrapped node, ILogger log, TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _changing = new();
    private CancellationTokenSource _names = new();
    private int _count;
    private Task _resolving = Task.CompletedTask;

    /// <summary>There is nobody to join by. Any thread.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>From now on these and no others. Any thread.</summary>
    public void Replace(IReadOnlyList<HostPort> entries)
    {
        lock (_changing)
        {
            Volatile.Write(ref _count, entries.Count);
            _names.Cancel();
            _names.Dispose();
            _names = new CancellationTokenSource();
            node.ReplaceBootstrap([.. entries.Where(entry => !entry.IsName).Select(entry => entry.Literal)]);
            _resolving = Task.WhenAll(_resolving, ResolveAsync([.. entries.Where(entry => entry.IsName)], _names.Token));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task resolving;
        lock (_changing)
        {
            _names.Cancel();
            resolving = _resolving;
        }

        await resolving.ConfigureAwait(false);
        _names.Dispose();
    }

    private async Task ResolveAsync(HostPort[] names, CancellationToken cancellation)
    {
        try
        {
            await new BootstrapNames(resolve, addresses => Add(addresses, cancellation), log, time).RunAsync(names, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Another list, or the end.
        }
        catch (Exception failure)
        {
            log.BackgroundFailed(failure);
        }
    }

    // A name of an earlier list that resolves after all is nobody's any more.
    private void Add(IReadOnlyList<NodeAddress> addresses, CancellationToken cancellation)
    {
        lock (_changing)
        {
            if (!cancellation.IsCancellationRequested) node.AddBootstrap(addresses);
        }
    }
}

/// <summary>Who joins by bootstrap addresses. Any thread.</summary>
internal interface IBootstrapped
{
    /// <summary>These besides those it has.</summary>
    void AddBootstrap(IReadOnlyList<NodeAddress> addresses);

    /// <summary>These and no others.</summary>
    void ReplaceBootstrap(IReadOnlyList<NodeAddress> addresses);
}

/// <summary>A node as one who joins.</summary>
internal sealed class BootstrappedNode(Node node) : IBootstrapped
{
    public void AddBootstrap(IReadOnlyList<NodeAddress> addresses) => node.AddBootstrap(addresses);

    public void ReplaceBootstrap(IReadOnlyList<NodeAddress> addresses) => node.ReplaceBootstrap(addresses);
}
