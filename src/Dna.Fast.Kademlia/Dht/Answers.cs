namespace Dna.Fast.Kademlia;

/// <summary>What came of a put.</summary>
public enum PutAnswerStatus
{
    /// <summary>At least one node said that it took the value.</summary>
    Acknowledged,

    /// <summary>Nodes were there, but none took it.</summary>
    Unacknowledged,

    /// <summary>Not sent: it would put an ownerless value over a signed one, which ends stock nodes.</summary>
    Refused,

    /// <summary>No node answered at all.</summary>
    Unreachable,

    /// <summary>The deadline came first; some nodes may have taken it.</summary>
    TimedOut,

    /// <summary>At least one node holds a newer version of the same owner's, or another one with the same seq, though others may have taken this one: read, raise seq, put again.</summary>
    Outdated,
}

/// <param name="Acknowledged">Nodes that said they took it.</param>
/// <param name="Asked">Nodes it was sent to.</param>
public readonly record struct PutAnswer(PutAnswerStatus Status, int Acknowledged, int Asked)
{
    internal static PutAnswer From(in PutOutcome outcome)
    {
        PutAnswerStatus status = outcome switch
        {
            { NewerExists: true } => PutAnswerStatus.Outdated,
            { WasRefused: true } => PutAnswerStatus.Refused,
            { Acknowledged: > 0 } => PutAnswerStatus.Acknowledged,
            { Reachable: false } => PutAnswerStatus.Unreachable,
            _ => PutAnswerStatus.Unacknowledged,
        };
        return new PutAnswer(status, outcome.Acknowledged, outcome.Asked);
    }
}

/// <summary>What came of a get.</summary>
public enum GetAnswerStatus
{
    /// <summary>At least one value.</summary>
    Found,

    /// <summary>Nodes answered, and none has such a value.</summary>
    Absent,

    /// <summary>No node answered: whether the value exists is not known.</summary>
    Unreachable,

    /// <summary>The deadline came before any value and before the end: whether the value exists is not known.</summary>
    TimedOut,
}

/// <param name="Values">In the order of arrival, each once.</param>
/// <param name="Answered">Nodes that answered; 0 when the deadline came first.</param>
/// <param name="IsComplete">False when the deadline came first, so more values may exist.</param>
public sealed record GetAnswer(GetAnswerStatus Status, IReadOnlyList<FoundValue> Values, int Answered, bool IsComplete);

/// <summary>A value that stays announced until this is disposed.</summary>
public sealed class PermanentPut : IDisposable
{
    private readonly IOperation _operation;

    /// <param name="operation">Announces the value until it is cancelled.</param>
    public PermanentPut(IOperation operation, PutAnswer firstRound)
    {
        _operation = operation;
        FirstRound = firstRound;
    }

    public PutAnswer FirstRound { get; }

    /// <summary>Announces it no more. It lives on in the network until it expires there.</summary>
    public void Dispose() => _operation.Cancel();
}

/// <summary>A listener's reader was too slow, and changes were lost.</summary>
public sealed class ListenOverflowException : Exception
{
    public ListenOverflowException()
        : this("Changes arrived faster than they were read, and some are lost: listen again.")
    {
    }

    public ListenOverflowException(string message)
        : base(message)
    {
    }

    public ListenOverflowException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
