namespace Dna.Fast.Messenger;

/// <summary>What came of a put of <see cref="DhtContext"/>.</summary>
/// <param name="Code">Success: at least one node took it. OutOfMemory: larger than the network takes. AlreadyExists: another owner's value has this id.</param>
/// <param name="Acknowledged">Nodes that said they took it.</param>
/// <param name="Asked">Nodes it was sent to; 0 when nothing was sent.</param>
/// <param name="ValueId">The id it has; the random one of an unsigned value.</param>
/// <param name="Seq">The version it has; 0 when it is unsigned or was not put.</param>
/// <param name="Lifetime">How long nodes keep it: the time that was asked for never travels, only a type does.</param>
public readonly record struct DhtPut(ResultCode Code, int Acknowledged, int Asked, ulong ValueId, ushort Seq, TimeSpan Lifetime)
{
    public bool IsSuccess => Code == ResultCode.Success;

    internal static DhtPut No(ResultCode code) => new(code, 0, 0, 0, 0, default);
}

/// <summary>A value as <see cref="DhtContext.GetAllAsync"/> finds it; of each owner and id the newest version.</summary>
/// <param name="OwnerId">Lower-case hex key id of whoever signed it; null when nobody did.</param>
/// <param name="Seq">Its version; 0 when unsigned.</param>
/// <param name="Type">Value type: how long nodes keep it.</param>
public sealed record DhtValue(ReadOnlyMemory<byte> Data, string? OwnerId, ulong ValueId, ushort Seq, ushort Type);

/// <summary>A node in numbers (DNA layer, section 3.5). Named, as numbers by position were misread before.</summary>
/// <param name="GoodV4">Nodes that answered lately.</param>
/// <param name="DubiousV4">Nodes that did not answer lately, and did not fail.</param>
/// <param name="Values">Values in our own store.</param>
/// <param name="Announced">Values of ours that stay announced.</param>
public sealed record DhtStatistics(int GoodV4, int DubiousV4, int GoodV6, int DubiousV6, long Values, int Announced)
{
    /// <summary>The original's one number: good and dubious nodes of both families.</summary>
    public int Nodes => GoodV4 + DubiousV4 + GoodV6 + DubiousV6;
}
