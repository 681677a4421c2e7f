namespace Dna.Fast.Kademlia;

/// <summary>What came of opening something sealed.</summary>
public enum OpenStatus
{
    /// <summary>Opened, and the sender's signature is right.</summary>
    Ok,

    /// <summary>It does not begin as an envelope of this suite does.</summary>
    NotAnEnvelope,

    /// <summary>An envelope of a version this build cannot read.</summary>
    UnknownVersion,

    /// <summary>Its lengths contradict each other or a limit, or a field has a value nobody writes.</summary>
    Malformed,

    /// <summary>None of its recipients is us, or our entry was changed on the way: the two look alike.</summary>
    NotForUs,

    /// <summary>It is for us, and its content was changed on the way.</summary>
    Damaged,

    /// <summary>It is for us and whole, but who it says sent it did not sign it.</summary>
    BadSignature,
}
