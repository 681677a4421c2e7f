namespace Dna.Fast.LoadGen.Workload;

/// <summary>Shares of the kinds in a run. Immutable.</summary>
internal sealed class Mix
{
    /// <summary>What a storing node sees: mostly reads, routing beside them, some writes.</summary>
    public static readonly Mix Usual = new([5, 30, 50, 15]);

    private readonly int[] _shares;
    private readonly uint _total;

    private Mix(int[] shares)
    {
        _shares = shares;
        _total = (uint)shares.Sum();
    }

    public static Mix Only(RequestKind kind)
    {
        int[] shares = new int[4];
        shares[(int)kind] = 1;
        return new Mix(shares);
    }

    /// <summary>Reads <c>ping=5,find=30,get=50,put=15</c>; what is not named is 0.</summary>
    public static bool TryParse(string text, out Mix? mix)
    {
        int[] shares = new int[4];
        mix = null;
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = part.Split('=');
            if (pair.Length != 2 || !Enum.TryParse(pair[0], true, out RequestKind kind) || kind > RequestKind.Put
                || char.IsDigit(pair[0][0])) return false;
            if (!int.TryParse(pair[1], out int share) || share is < 0 or > 1_000_000) return false;
            shares[(int)kind] = share;
        }

        if (shares.Sum() == 0) return false;
        mix = new Mix(shares);
        return true;
    }

    public bool Has(RequestKind kind) => _shares[(int)kind] > 0;

    /// <summary>Part of all requests, 0 to 1.</summary>
    public double Share(RequestKind kind) => (double)_shares[(int)kind] / _total;

    /// <summary>Draws a kind.</summary>
    public RequestKind Next(SplitMix random)
    {
        int draw = (int)random.Below(_total);
        for (int kind = 0; kind < _shares.Length; kind++)
        {
            draw -= _shares[kind];
            if (draw < 0) return (RequestKind)kind;
        }

        return RequestKind.Ping;
    }

    public override string ToString() =>
        string.Join(",",
            _shares.Select((share, kind) => (share, kind)).Where(p => p.share > 0).Select(p =>
            $"{((RequestKind)p.kind).ToString().ToLowerInvariant()}={p.share}"));
}
