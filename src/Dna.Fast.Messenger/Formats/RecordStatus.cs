namespace Dna.Fast.Messenger;

/// <summary>What a reader says of the bytes of a record.</summary>
public enum RecordStatus
{
    /// <summary>It is a record of its kind. Whether its signature is right is another question unless the reader says that it asks it.</summary>
    Ok,

    /// <summary>Not in the form of its kind: no JSON, a wrong magic, lengths that contradict each other.</summary>
    Malformed,

    /// <summary>In its form, but of a version this build cannot read.</summary>
    UnknownVersion,

    /// <summary>More entries or longer ones than the format allows.</summary>
    TooLarge,

    /// <summary>A field that must be there is not, or has a value nobody writes.</summary>
    Incomplete,

    /// <summary>Its keys are of no known suite, or its signature has another size than theirs.</summary>
    UnknownSuite,

    /// <summary>Its signature is wrong, or its key does not hash to the fingerprint it is for.</summary>
    BadSignature,

    /// <summary>It was good until a time that is over.</summary>
    Expired,
}
