namespace Dna.Fast.Messenger;

/// <summary>What came of posting on a wall.</summary>
/// <param name="Acknowledged">Nodes that keep it.</param>
/// <param name="Id">The post's, by which it is answered and voted for (DNA layer, section 14.3); null when nothing was signed.</param>
public readonly record struct PostReport(ResultCode Code, int Acknowledged, string? Id)
{
    public bool IsSuccess => Code == ResultCode.Success;

    internal static PostReport No(ResultCode code) => new(code, 0, null);
}
