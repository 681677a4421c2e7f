using Dna.Fast.Proxy;
using Microsoft.AspNetCore.Http;

namespace Dna.Fast.Tests.Proxy;

public sealed class LineStreamTests
{
    private readonly StreamBudget _budget = new();
    private readonly ProxyFigures _figures = new();

    [Fact]
    public void What_comes_after_the_end_takes_no_room()
    {
        LineStream lines = Stream();
        lines.Complete();
        Assert.False(lines.Add(new byte[1000]));
        Assert.True(_budget.TryAdd(StreamBudget.BytesMax));
        Assert.Equal(0, _figures[ProxyCounter.ValueOut]);
    }

    [Fact]
    public async Task What_was_cut_off_gives_its_room_back_when_it_is_sent_no_more()
    {
        LineStream lines = Stream();
        Assert.True(lines.Add(new byte[2000]));
        Assert.False(lines.Add(new byte[2000]));
        Assert.Equal(1, _figures[ProxyCounter.StreamSlow]);
        Assert.False(lines.IsWhole);
        await lines.SendAsync(TestContext.Current.CancellationToken);
        Assert.True(_budget.TryAdd(StreamBudget.BytesMax));
    }

    [Fact]
    public void All_streams_together_have_a_bound()
    {
        Assert.True(_budget.TryAdd(StreamBudget.BytesMax - 100));
        Assert.False(Stream().Add(new byte[101]));
        Assert.Equal(1, _figures[ProxyCounter.StreamFull]);
        Assert.True(Stream().Add(new byte[100]));
    }

    [Fact]
    public void What_a_get_kept_is_given_back_once()
    {
        var share = new BudgetShare(_budget);
        Assert.True(share.TryAdd(StreamBudget.BytesMax));
        Assert.False(share.TryAdd(1));
        share.Dispose();
        share.Dispose();
        Assert.False(share.TryAdd(1));
        Assert.True(_budget.TryAdd(StreamBudget.BytesMax));
        Assert.False(_budget.TryAdd(1));
    }

    private LineStream Stream() => new(new DefaultHttpContext(), _figures, _budget, 3000, TimeProvider.System);
}
