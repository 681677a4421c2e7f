// UNSAFE CODE, and why it is safe: the mapping lives as long as this object, whose owner (one socket, one thread) disposes it after its last
// receive; slots are computed from an index that is checked against their number.
namespace Dna.Fast.Net.Linux;

/// <summary>Room for the datagrams of a batch that do not fit their slot in the pipe: one 64 KiB slot for each.</summary>
/// <remarks>
/// Mapped and not allocated: 4 MiB of addresses of which only pages that a large datagram reached cost memory, and which <see cref="Release"/> gives
/// back. Legal traffic (values travel in fragments of 1,280 bytes) never touches it.
/// </remarks>
internal sealed unsafe class OverflowArea : IDisposable
{
    /// <summary>Over 65,527 bytes, the largest UDP payload over IPv6 without jumbograms.</summary>
    public const int SlotBytes = 64 * 1024;

    private const int AreaBytes = SlotBytes * UdpSocket.BatchMax;

    private nint _area;
    private bool _isTouched;

    /// <exception cref="IOException">No addresses left.</exception>
    public OverflowArea()
    {
        nint area = LibC.MapMemory(0, AreaBytes, LibC.ProtectionReadWrite, LibC.MapPrivateAnonymousNoReserve, -1, 0);
        if (area is 0 or -1) throw new IOException("no addresses left to map for large datagrams");
        _area = area;
    }

    ~OverflowArea() => Unmap();

    public byte* Address(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)slot, (uint)UdpSocket.BatchMax, nameof(slot));
        ObjectDisposedException.ThrowIf(_area == 0, this);
        return (byte*)_area + (nint)slot * SlotBytes;
    }

    public Span<byte> Slot(int slot)
    {
        _isTouched = true;
        return new Span<byte>(Address(slot), SlotBytes);
    }

    /// <summary>Gives touched pages back to the system.</summary>
    public void Release()
    {
        if (!_isTouched) return;
        _isTouched = false;
        _ = LibC.AdviseMemory(_area, AreaBytes, LibC.AdviceDontNeed);
    }

    public void Dispose()
    {
        Unmap();
        GC.SuppressFinalize(this);
    }

    private void Unmap()
    {
        if (_area != 0) _ = LibC.UnmapMemory(_area, AreaBytes);
        _area = 0;
    }
}
