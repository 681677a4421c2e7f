using Dna.Fast.Logging;
using Dna.Fast.Net;
using Dna.Fast.Settings;
using Dna.Fast.Wire;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Hosting;

/// <summary>Resolves bootstrap names in the background: a node serves at once, and joins when its names are known, however late that is.</summary>
internal sealed class BootstrapNames(
    Func<string, CancellationToken, Task<ResolveResult>> resolve, Action<IReadOnlyList<NodeAddress>> add, ILogger log, TimeProvider time)
{
    /// <summary>First wait after a failure; each further one is twice as long, as stock waits between its bootstraps.</summary>
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait: a network that comes back is joined within this time.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    /// <summary>Resolves all names, each on its own, until all are known or it is cancelled.</summary>
    public Task RunAsync(IEnumerable<HostPort> names, CancellationToken cancellation) => Task.WhenAll(names.Select(name => ResolveAsync(name, cancellation)));

    private async Task ResolveAsync(HostPort name, CancellationToken cancellation)
    {
        for (TimeSpan wait = FirstWait; ; wait = wait + wait < LongestWait ? wait + wait : LongestWait)
        {
            ResolveResult result = await resolve(name.Text, cancellation).ConfigureAwait(false);
            if (result.Error is null)
            {
                log.NameResolved(name.Text, string.Join(", ", result.Addresses));
                add(result.Addresses);
                return;
            }

            log.NameNotResolved(result.Error, (int)wait.TotalSeconds);
            await Task.Delay(wait, time, cancellation).ConfigureAwait(false);
        }
    }
}
