namespace Dna.Fast.Kademlia;

/// <summary>The error codes of the wire (section 2.9).</summary>
public static class ErrorCodes
{
    /// <summary>The key is missing, or a value id is 0.</summary>
    public const int NonAuthoritative = 203;

    /// <summary>The token is wrong.</summary>
    public const int Unauthorized = 401;

    /// <summary>Refresh of an unknown key.</summary>
    public const int NotFound = 404;
}
