using System.Runtime.InteropServices;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Linux;

/// <summary>Sockets with batched system calls; further ones on an address by <c>SO_REUSEPORT</c>.</summary>
/// <remarks>
/// A socket that sets SO_REUSEPORT before it binds joins silently whoever of the same user set it too, so a second node on the same port would start and
/// steal half of the traffic. Therefore the first socket binds without it, which the kernel refuses when anybody holds the port, and sets it
/// only then, for the workers that follow. No moment is left in which two nodes could both succeed.
/// </remarks>
internal sealed class LinuxSocketSystem : SocketSystem
{
    public override UdpSocket? OpenFirst(in NodeAddress address, out OpenFailure? failure)
    {
        LinuxUdpSocket? socket = LinuxUdpSocket.Open(address, isShared: false, out int error);
        failure = socket == null ? Explain(error) : null;
        return socket;
    }

    public override UdpSocket? OpenNext(UdpSocket first, out OpenFailure? failure)
    {
        failure = null;
        if (!((LinuxUdpSocket)first).Share())
        {
            failure = Explain(Marshal.GetLastPInvokeError());
            return null;
        }

        LinuxUdpSocket? socket = LinuxUdpSocket.Open(first.Bound, isShared: true, out int error);
        failure = socket == null ? Explain(error) : null;
        return socket;
    }

    public override Waiter CreateWaiter(IReadOnlyList<UdpSocket> sockets) => new LinuxWaiter([.. sockets.Cast<LinuxUdpSocket>()]);

    private static OpenFailure Explain(int error) => new(
        error switch
        {
            LibC.ErrorInUse => OpenStatus.AddressInUse,
            LibC.ErrorAccess or LibC.ErrorPermission => OpenStatus.NotPermitted,
            LibC.ErrorNotAvailable => OpenStatus.AddressNotAvailable,
            LibC.ErrorFamily => OpenStatus.FamilyMissing,
            _ => OpenStatus.Failed,
        },
        Marshal.GetPInvokeErrorMessage(error));
}
