namespace Dna.Fast.Messenger;

/// <summary>What came of reading something.</summary>
/// <param name="Value">Null (or default) unless Success.</param>
public readonly record struct Answer<T>(ResultCode Code, T? Value)
{
    public bool IsSuccess => Code == ResultCode.Success;

    internal static Answer<T> Of(T value) => new(ResultCode.Success, value);

    internal static Answer<T> No(ResultCode code) => new(code, default);
}

/// <summary>What came of writing something.</summary>
/// <param name="Acknowledged">Nodes that said they took it; of several values the fewest.</param>
public readonly record struct PutReport(ResultCode Code, int Acknowledged)
{
    public bool IsSuccess => Code == ResultCode.Success;

    /// <summary>True for a message of which nobody knows whether nodes have it: it is kept, and put again until they do. Sending its text again would make a second message of it.</summary>
    public bool IsPending { get; init; }

    internal static PutReport No(ResultCode code) => new(code, 0);

    /// <summary>Several values that belong together: as good as the worst of them.</summary>
    internal static PutReport Worst(IReadOnlyCollection<PutReport> reports)
    {
        foreach (PutReport report in reports)
        {
            if (!report.IsSuccess) return report;
        }

        return new PutReport(ResultCode.Success, reports.Min(report => report.Acknowledged));
    }
}
