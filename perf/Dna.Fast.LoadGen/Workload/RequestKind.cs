namespace Dna.Fast.LoadGen.Workload;

/// <summary>What is asked.</summary>
internal enum RequestKind : byte
{
    Ping,
    Find,
    Get,
    Put,
    Listen,
}

/// <summary>One request to be sent.</summary>
/// <param name="Kind">The query.</param>
/// <param name="Key">Number of its key.</param>
/// <param name="ValueId">Of a put: the value's id; of a get: the one that must be in the answer; of a listen: the socket id.</param>
/// <param name="IsMeasured">False for what prepares a run.</param>
internal readonly record struct Request(RequestKind Kind, uint Key, ulong ValueId, bool IsMeasured);
