using Dna.Fast.Kademlia.Routing;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>A contact as one search sees it: its token, what it was asked for this key, what it said. Owner thread only.</summary>
internal sealed class SearchNode(Contact contact)
{
    /// <summary>A token serves this long after the reply that carried it (section 3).</summary>
    public const long TokenAgeMsMax = 10 * 60_000;

    public Contact Contact { get; } = contact;

    /// <summary>The last token it gave us, 1 to 64 bytes; empty without one.</summary>
    public byte[] Token { get; private set; } = [];

    private long _tokenMs = Contact.Never;

    /// <summary>It missed the first wait of a request (section 6.4): another node is asked in its place.</summary>
    public bool IsCandidate { get; set; }

    /// <summary>Requests of this search to it without an answer.</summary>
    public int Pending { get; set; }

    /// <summary>State of each operation at this node.</summary>
    public Dictionary<object, object> States { get; } = [];

    public bool IsBad => Contact.IsExpired || IsCandidate;

    public long TokenExpiresMs => _tokenMs + TokenAgeMsMax;

    public bool IsSynced(long nowMs) => Token.Length > 0 && !Contact.IsExpired && nowMs < TokenExpiresMs;

    public void TakeToken(ReadOnlySpan<byte> token, long nowMs)
    {
        if (token.IsEmpty || token.Length > Wire.WireLimits.TokenBytesMax) return;
        Token = token.ToArray();
        _tokenMs = nowMs;
    }

    public void DropToken()
    {
        Token = [];
        _tokenMs = Contact.Never;
    }

    /// <summary>The operation's state at this node, made on first use.</summary>
    public T State<T>(object operation) where T : class, new()
    {
        if (States.TryGetValue(operation, out object? state)) return (T)state;
        var made = new T();
        States.Add(operation, made);
        return made;
    }
}
