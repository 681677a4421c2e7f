using System.Collections.Concurrent;
using Dna.Fast.Hosting;
using Dna.Fast.Net;
using Dna.Fast.Settings;
using Dna.Fast.Wire;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Tests;

public sealed class BootstrapNamesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<NodeAddress> _added = new();

    [Fact]
    public async Task A_name_that_resolves_late_is_asked_again_ever_more_seldom()
    {
        int asked = 0;
        BootstrapNames names = Create((_, _) => Task.FromResult(
            ++asked < 5 ? new ResolveResult([], "no answer") : new ResolveResult([NodeAddress.V4(0xC0000201, 4000)], null)));
        Task running = names.RunAsync([new HostPort("late.example", default)], CancellationToken.None);
        foreach (int seconds in (int[])[10, 20, 40])
        {
            int before = asked;
            _time.Advance(TimeSpan.FromSeconds(seconds - 1));
            Assert.Equal(before, asked);
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(before + 1, asked);
        }

        Assert.Empty(_added);
        _time.Advance(TimeSpan.FromSeconds(80));
        await running;
        Assert.Equal(5, asked);
        Assert.Equal(NodeAddress.V4(0xC0000201, 4000), Assert.Single(_added));
    }

    [Fact]
    public async Task One_name_does_not_wait_for_another()
    {
        BootstrapNames names = Create((text, _) => Task.FromResult(
            text == "bad" ? new ResolveResult([], "no answer") : new ResolveResult([NodeAddress.V4(0xC0000202, 4000)], null)));
        using var end = new CancellationTokenSource();
        Task running = names.RunAsync([new HostPort("bad", default), new HostPort("good", default)], end.Token);
        Assert.Single(_added);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private BootstrapNames Create(Func<string, CancellationToken, Task<ResolveResult>> resolve) => new(
        resolve,
        addresses =>
        {
            foreach (NodeAddress address in addresses) _added.Enqueue(address);
        },
        NullLogger.Instance, _time);
}
