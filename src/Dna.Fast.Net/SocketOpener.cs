using Dna.Fast.Wire;

namespace Dna.Fast.Net;

/// <summary>Opens the sockets of all workers on all addresses, all with one port, or none.</summary>
internal static class SocketOpener
{
    /// <summary>A port that is free on the first address may be taken on the second; each try asks for another.</summary>
    private const int PortTriesMax = 16;

    /// <returns>Sockets by worker and then by address; or null and the failure.</returns>
    public static UdpSocket[][]? Open(NetOptions options, int workers, SocketSystem system, out OpenFailure? failure)
    {
        failure = null;
        for (int attempt = 0; attempt < PortTriesMax; attempt++)
        {
            var opened = new List<UdpSocket>();
            failure = OpenFirsts(options, system, opened);
            if (failure == null && OpenRest(opened, workers, system, out UdpSocket[][] sockets, out failure)) return sockets;
            foreach (UdpSocket socket in opened) socket.Dispose();
            bool anotherPortMayDo = options.Port == 0 && opened.Count > 0 && failure!.Status == OpenStatus.AddressInUse;
            if (!anotherPortMayDo) return null;
        }

        return null;
    }

    private static OpenFailure? OpenFirsts(NetOptions options, SocketSystem system, List<UdpSocket> opened)
    {
        ushort port = options.Port;
        OpenFailure? missing = null;
        foreach (NodeAddress address in options.Addresses.Select(a => a.WithPort(0)).Distinct())
        {
            UdpSocket? socket = system.OpenFirst(address.WithPort(port), out OpenFailure? failure);
            if (socket != null)
            {
                opened.Add(socket);
                port = socket.Bound.Port;
                continue;
            }

            failure = failure! with { Text = $"{address.WithPort(port)}: {failure.Text}" };
            if (!options.SkipMissingFamily || !IsMissing(address, failure.Status)) return failure;
            missing ??= failure;
        }

        return opened.Count == 0 ? missing : null;
    }

    // A host with IPv6 switched off at run time still makes IPv6 sockets, but cannot bind the wildcard.
    private static bool IsMissing(in NodeAddress address, OpenStatus status) =>
        status == OpenStatus.FamilyMissing || (status == OpenStatus.AddressNotAvailable && address.IsUnspecified);

    private static bool OpenRest(List<UdpSocket> opened, int workers, SocketSystem system, out UdpSocket[][] sockets, out OpenFailure? failure)
    {
        UdpSocket[] firsts = [.. opened];
        failure = null;
        sockets = new UdpSocket[workers][];
        sockets[0] = firsts;
        for (int worker = 1; worker < workers; worker++)
        {
            sockets[worker] = new UdpSocket[firsts.Length];
            for (int i = 0; i < firsts.Length; i++)
            {
                UdpSocket? socket = system.OpenNext(firsts[i], out failure);
                if (socket == null) return false;
                opened.Add(socket);
                sockets[worker][i] = socket;
            }
        }

        foreach (UdpSocket[] ofWorker in sockets)
        {
            for (int i = 0; i < ofWorker.Length; i++) ofWorker[i].Number = (uint)i + 1;
        }

        return true;
    }
}
