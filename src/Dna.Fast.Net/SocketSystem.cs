using Dna.Fast.Net.Linux;
using Dna.Fast.Net.Portable;
using Dna.Fast.Wire;

namespace Dna.Fast.Net;

/// <summary>Why a socket could not be opened.</summary>
/// <param name="Status">Never <see cref="OpenStatus.Opened"/>.</param>
/// <param name="Text">The system's words.</param>
internal sealed record OpenFailure(OpenStatus Status, string Text);

/// <summary>Makes the sockets and waiters of one kind.</summary>
internal abstract class SocketSystem
{
    /// <summary>Opens the first socket on an address: fails when anybody holds it, even one who would share.</summary>
    public abstract UdpSocket? OpenFirst(in NodeAddress address, out OpenFailure? failure);

    /// <summary>Opens one more socket where <paramref name="first"/> is bound; the system spreads senders over them.</summary>
    public abstract UdpSocket? OpenNext(UdpSocket first, out OpenFailure? failure);

    public abstract Waiter CreateWaiter(IReadOnlyList<UdpSocket> sockets);

    /// <exception cref="PlatformNotSupportedException">Linux calls elsewhere than on Linux.</exception>
    public static SocketSystem Choose(SocketKind kind) => kind switch
    {
        SocketKind.Portable => new PortableSocketSystem(),
        SocketKind.Linux when !OperatingSystem.IsLinux() => throw new PlatformNotSupportedException("recvmmsg is Linux's"),
        SocketKind.Linux => new LinuxSocketSystem(),
        _ => OperatingSystem.IsLinux() && Environment.Is64BitProcess ? new LinuxSocketSystem() : new PortableSocketSystem(),
    };
}
