using Dna.Fast.Messaging;

namespace Dna.Fast.Tests.Messaging;

public sealed class DeclinedRequestsTests : IDisposable
{
    private static readonly string Sender = new('a', 128), Other = new('b', 128);
    private readonly string _folder = Directory.CreateTempSubdirectory("dna-declined-").FullName;
    private readonly StateFolder _state;

    public DeclinedRequestsTests() => _state = StateFolder.Of(_folder, "unused.key", new string('0', 128));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_later_request_of_the_same_sender_is_shown_again()
    {
        var declined = new DeclinedRequests(_state);
        Assert.False(declined.Contains(Sender, 10));
        declined.Add(Sender, 10);
        declined.Add(Other, 20);
        Assert.True(declined.Contains(Sender, 9));
        Assert.True(new DeclinedRequests(_state).Contains(Sender, 10));
        Assert.False(declined.Contains(Sender, 11));
        declined.Add(Sender, 11);
        Assert.True(declined.Contains(Sender, 11));
        Assert.True(declined.Contains(Other, 20));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_not_written_over()
    {
        _state.Prepare();
        string file = Path.Combine(_state.OfUser, "declined");
        Directory.CreateDirectory(file);
        var declined = new DeclinedRequests(_state);
        Assert.False(declined.Contains(Sender, 1));
        Assert.ThrowsAny<Exception>(() => declined.Add(Sender, 1));
        Assert.True(Directory.Exists(file));
    }

    [Fact]
    public void A_file_of_nonsense_hides_nothing_and_does_not_grow_without_end()
    {
        _state.Prepare();
        string file = Path.Combine(_state.OfUser, "declined");
        File.WriteAllText(file, "nonsense\n" + Sender + " x\n" + Sender + "\n\n" + Other + " 5\n");
        var declined = new DeclinedRequests(_state);
        Assert.False(declined.Contains(Sender, 1));
        Assert.True(declined.Contains(Other, 5));
        File.WriteAllLines(file, Enumerable.Range(0, 3000).Select(i => $"{i:x128} 1"));
        declined.Add(Sender, 1);
        Assert.Equal(1024, File.ReadAllLines(file).Length);
        Assert.True(declined.Contains(Sender, 1));
    }
}
