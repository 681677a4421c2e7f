using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving;

/// <summary>How the listener table speaks to listeners: the request engine implements it, because an update is a request (section 2.8).</summary>
/// <remarks>
/// Owner thread. All spans are copied by the callee. The callee adds transaction id and token (<see cref="Guard.TokenMint"/>, for <c>to.Remote</c>), decides
/// between inline values and a size list with fragments (<see cref="ValueListWriter.FitsInline"/>), and retransmits <see cref="SendValues"/> and
/// <see cref="SendIds"/> as in section 1.5; when three tries went unanswered it calls <see cref="ListenerTable.DropNode"/>, from within a send if it must. Legacy pushes are sent once.
/// Each method returns false when the callee's own bounds refuse the message: the caller sends nothing more to this listener in this turn.
/// </remarks>
public interface IUpdateSender
{
    /// <summary>One <c>update</c> with values.</summary>
    /// <param name="node">The listener's node id.</param>
    /// <param name="to">Where it last listened from, and our end.</param>
    /// <param name="key">The key it listens to.</param>
    /// <param name="socketId">Its <c>sid</c>.</param>
    /// <param name="packed">Packed values back to back, at least one; together less than <see cref="ListenerTable.PushBytes"/> plus one value.</param>
    /// <param name="sizes">Bytes of each value in <paramref name="packed"/>.</param>
    bool SendValues(in InfoHash node, in Route to, in InfoHash key, uint socketId, ReadOnlySpan<byte> packed, ReadOnlySpan<int> sizes);

    /// <summary>One <c>update</c> with <c>re</c> (<paramref name="refreshed"/>) or <c>exp</c>; 1 to <see cref="ListenerTable.IdsPerPushMax"/> ids.</summary>
    bool SendIds(in InfoHash node, in Route to, uint socketId, bool refreshed, ReadOnlySpan<ulong> ids);

    /// <summary>One push of protocol version 0 with values: a reply map whose <c>t</c> is <paramref name="socketId"/> (section 7.1); its fragments carry the same <c>t</c>.</summary>
    bool SendLegacyValues(in Route to, uint socketId, ReadOnlySpan<byte> packed, ReadOnlySpan<int> sizes);

    /// <summary>One push of protocol version 0 with ids: the <c>u</c> map.</summary>
    bool SendLegacyIds(in Route to, uint socketId, bool refreshed, ReadOnlySpan<ulong> ids);
}
