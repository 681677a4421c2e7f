using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia;

/// <summary>The network's values, as an application sees them: tasks with a deadline.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Any thread; operations may overlap; results come on the thread pool, never on a packet thread.</item>
/// <item>An operation waits by itself until the node knows whether it is connected: nobody has to wait before asking.</item>
/// <item>Absent and unreachable are different answers. The deadline's end is an answer too; only a cancelled token throws.</item>
/// <item>A cancelled or late operation is ended in the node: it sends nothing more.</item>
/// </list>
/// </remarks>
public interface IDht
{
    /// <summary>Puts a value on the 8 closest nodes, once.</summary>
    /// <param name="packed">Packed value (wire specification, section 4.1), at most <see cref="WireLimits.ValueBytesMax"/> bytes, id not 0; not changed until the task ends.</param>
    /// <exception cref="ArgumentException">Not a packed value, id 0, or too large: nothing was sent.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task<PutAnswer> PutAsync(InfoHash key, ReadOnlyMemory<byte> packed, TimeSpan deadline, CancellationToken cancellation = default);

    /// <summary>Puts a value and announces it again before it expires, until the result is disposed. Ends after the first round.</summary>
    /// <remarks>Whatever the first round's answer is, the value stays announced: later rounds may reach whom the first did not.</remarks>
    /// <exception cref="ArgumentException">Not a packed value, id 0, or too large: nothing was sent.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing stays announced.</exception>
    Task<PermanentPut> PutPermanentAsync(InfoHash key, ReadOnlyMemory<byte> packed, TimeSpan deadline, CancellationToken cancellation = default);

    /// <summary>Gets the first value that arrives.</summary>
    /// <param name="where">A packed query map with filters (wire specification, section 2.4), or empty.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task<GetAnswer> GetAsync(InfoHash key, ReadOnlyMemory<byte> where, TimeSpan deadline, CancellationToken cancellation = default);

    /// <summary>Gets all values, each once.</summary>
    /// <param name="where">A packed query map with filters, or empty.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task<GetAnswer> GetAllAsync(InfoHash key, ReadOnlyMemory<byte> where, TimeSpan deadline, CancellationToken cancellation = default);

    /// <summary>Listens until the enumeration is left or cancelled: what is stored now, and every change from then on.</summary>
    /// <param name="where">A packed query map with filters, or empty.</param>
    /// <exception cref="ListenOverflowException">The reader fell behind by more than <see cref="Dht.ListenBacklogMax"/> changes, so some are lost: listen again.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    IAsyncEnumerable<ListenEvent> ListenAsync(InfoHash key, ReadOnlyMemory<byte> where, CancellationToken cancellation = default);

    /// <summary>Pings an address.</summary>
    /// <returns>The id of the node there; null when it did not answer.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task<InfoHash?> PingAsync(NodeAddress address, TimeSpan deadline, CancellationToken cancellation = default);
}
