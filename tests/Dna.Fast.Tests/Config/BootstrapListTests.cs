using Dna.Fast.Hosting;
using Dna.Fast.Net;
using Dna.Fast.Settings;
using Dna.Fast.Wire;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Tests.Config;

public sealed class BootstrapListTests : IBootstrapped
{
    private static readonly NodeAddress First = NodeAddress.V4(0xC0000201, 4000);
    private static readonly NodeAddress Second = NodeAddress.V4(0xC0000202, 4000);
    private static readonly NodeAddress Named = NodeAddress.V4(0xC6336401, 4000);

    private readonly FakeTimeProvider _time = new();
    private readonly List<NodeAddress> _known = [];

    void IBootstrapped.AddBootstrap(IReadOnlyList<NodeAddress> addresses) => _known.AddRange(addresses);

    void IBootstrapped.ReplaceBootstrap(IReadOnlyList<NodeAddress> addresses)
    {
        _known.Clear();
        _known.AddRange(addresses);
    }

    [Fact]
    public async Task Another_list_replaces_addresses_and_names()
    {
        await using BootstrapList list = Create((_, _) => Task.FromResult(new ResolveResult([Named], null)));
        list.Replace([Entry("192.0.2.1"), Entry("name.example")]);
        Assert.Equal([First, Named], _known);
        list.Replace([Entry("192.0.2.2")]);
        Assert.Equal([Second], _known);
        list.Replace([]);
        Assert.Empty(_known);
    }

    [Fact]
    public async Task A_name_that_resolves_after_it_was_taken_out_is_not_added()
    {
        var late = new TaskCompletionSource<ResolveResult>();
        await using BootstrapList list = Create((_, _) => late.Task);
        list.Replace([Entry("late.example")]);
        list.Replace([Entry("192.0.2.2")]);
        late.SetResult(new ResolveResult([Named], null));
        Assert.Equal([Second], _known);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_asked_for_no_more_when_it_was_taken_out()
    {
        int asked = 0;
        await using BootstrapList list = Create((_, _) =>
        {
            asked++;
            return Task.FromResult(new ResolveResult([], "no answer"));
        });
        list.Replace([Entry("away.example")]);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(2, asked);
        list.Replace([]);
        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(2, asked);
    }

    private static HostPort Entry(string text) => HostPort.TryParse(text, out HostPort? entry, out _) ? entry! : throw new ArgumentException(text);

    private BootstrapList Create(Func<string, CancellationToken, Task<ResolveResult>> resolve) => new(resolve, this, NullLogger.Instance, _time);
}
