using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Proxy;
using Dna.Fast.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Tests.Proxy;

public sealed class PermanentPutsTests
{
    private static readonly SourcePrefix Source = SourcePrefix.Of(NodeAddress.V4(0xC0000201, 1));
    private readonly FakeTimeProvider _time = new();
    private readonly ProxyFigures _figures = new();
    private readonly Network _network = new();

    [Fact]
    public async Task After_24_hours_it_is_announced_no_more()
    {
        using var puts = new PermanentPuts(_network, _figures, _time);
        await PutAsync(puts, 1);
        _time.Advance(TimeSpan.FromHours(23));
        await PutAsync(puts, 2);
        Assert.Equal(0, _network.Ended);
        _time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromMinutes(1));
        Assert.Equal(1, _network.Ended);
        Assert.Equal((1, 1L), (_figures.PermanentPuts, _figures[ProxyCounter.PermanentExpired]));
    }

    [Fact]
    public async Task A_renewal_begins_its_24_hours_anew()
    {
        using var puts = new PermanentPuts(_network, _figures, _time);
        await PutAsync(puts, 1);
        _time.Advance(TimeSpan.FromHours(23));
        await PutAsync(puts, 1);
        Assert.Equal(1, _network.Ended);
        _time.Advance(TimeSpan.FromHours(23));
        Assert.Equal((1, 0L), (_figures.PermanentPuts, _figures[ProxyCounter.PermanentExpired]));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal((0, 1L), (_figures.PermanentPuts, _figures[ProxyCounter.PermanentExpired]));
    }

    [Fact]
    public async Task When_the_proxy_ends_nothing_is_announced_any_more()
    {
        var puts = new PermanentPuts(_network, _figures, _time);
        await PutAsync(puts, 1);
        await PutAsync(puts, 2);
        puts.Dispose();
        Assert.Equal(2, _network.Ended);
        Assert.Equal(0, _figures.PermanentPuts);
    }

    [Fact]
    public async Task Bytes_of_one_source_and_of_all_have_a_bound_and_come_back()
    {
        using var puts = new PermanentPuts(_network, _figures, _time);
        ProxyLimits limits = new() { PermanentPuts = 10_000, PermanentPutsPerSource = 10_000 }, shared = limits with { PermanentPutsPerSource = 0 };
        Assert.Equal(QuotaVerdict.Taken, await PutAsync(puts, 1, limits, PermanentPuts.BytesPerSourceMax));
        Assert.Equal(QuotaVerdict.SourceFull, await PutAsync(puts, 2, limits, 1));
        Assert.Equal(QuotaVerdict.Taken, await PutAsync(puts, 2, shared, PermanentPuts.BytesMax - PermanentPuts.BytesPerSourceMax));
        Assert.Equal(QuotaVerdict.Full, await PutAsync(puts, 3, shared, 1));
        Assert.Equal((2, PermanentPuts.BytesMax), (_figures.PermanentPuts, puts.Figures.Bytes));
        puts.End(InfoHash.OfKey("kept"), 1, Source);
        Assert.Equal(QuotaVerdict.Taken, await PutAsync(puts, 3, shared, PermanentPuts.BytesPerSourceMax));
        Assert.Equal(QuotaVerdict.Full, await PutAsync(puts, 4, shared, 1));
    }

    private static async Task PutAsync(PermanentPuts puts, ulong id) => Assert.Equal(QuotaVerdict.Taken, await PutAsync(puts, id, new ProxyLimits { PermanentPuts = 10 }, 10));

    private static async Task<QuotaVerdict> PutAsync(PermanentPuts puts, ulong id, ProxyLimits limits, int bytes)
    {
        (QuotaVerdict verdict, PutAnswer answer) = await puts.PutAsync(
            InfoHash.OfKey("kept"), id, new byte[bytes], Source, limits, TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        if (verdict == QuotaVerdict.Taken) Assert.Equal(PutAnswerStatus.Acknowledged, answer.Status);
        return verdict;
    }

    /// <summary>Takes every permanent put, and counts those that ended.</summary>
    private sealed class Network : IDht
    {
        public int Ended { get; private set; }

        public Task<PermanentPut> PutPermanentAsync(InfoHash key, ReadOnlyMemory<byte> packed, TimeSpan deadline, CancellationToken cancellation = default) =>
            Task.FromResult(new PermanentPut(new Announcement(this), new PutAnswer(PutAnswerStatus.Acknowledged, 1, 1)));

        public Task<PutAnswer> PutAsync(InfoHash key, ReadOnlyMemory<byte> packed, TimeSpan deadline, CancellationToken cancellation = default) => throw new NotSupportedException();

        public Task<GetAnswer> GetAsync(InfoHash key, ReadOnlyMemory<byte> where, TimeSpan deadline, CancellationToken cancellation = default) => throw new NotSupportedException();

        public Task<GetAnswer> GetAllAsync(InfoHash key, ReadOnlyMemory<byte> where, TimeSpan deadline, CancellationToken cancellation = default) => throw new NotSupportedException();

        public IAsyncEnumerable<ListenEvent> ListenAsync(InfoHash key, ReadOnlyMemory<byte> where, CancellationToken cancellation = default) => throw new NotSupportedException();

        public Task<InfoHash?> PingAsync(NodeAddress address, TimeSpan deadline, CancellationToken cancellation = default) => throw new NotSupportedException();

        private sealed class Announcement(Network network) : IOperation
        {
            public void Cancel() => network.Ended++;
        }
    }
}
