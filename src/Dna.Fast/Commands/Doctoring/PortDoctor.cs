using System.Net;
using System.Net.Sockets;
using Dna.Fast.Client;
using Dna.Fast.Wire;

namespace Dna.Fast.Commands.Doctoring;

/// <summary>The ports: bound by the node that runs, else free for the one that will.</summary>
internal static class PortDoctor
{
    public static void Examine(Examination examination)
    {
        if (examination.Status is { } status)
        {
            string udp = string.Join(", ", status.GetProperty("addresses").EnumerateArray().Select(address => address.GetString()));
            string http = string.Join(", ", status.GetProperty("http").EnumerateArray().Select(address => address.GetString()));
            examination.Ok("ports", $"the node has udp {udp}{(http.Length > 0 ? ", http " + http : "")}");
            return;
        }

        IReadOnlyList<NodeAddress> bind = examination.Settings.Bind.Count > 0 ? examination.Settings.Bind : ClientSession.Wildcards(Socket.OSSupportsIPv4, Socket.OSSupportsIPv6);
        List<string> taken = [];
        foreach (NodeAddress address in bind) Try(address.WithPort(examination.Settings.Port).ToEndPoint(), SocketType.Dgram, ProtocolType.Udp, taken);
        foreach (NodeAddress address in examination.Settings.Http) Try(address.ToEndPoint(), SocketType.Stream, ProtocolType.Tcp, taken);
        if (taken.Count == 0) examination.Ok("ports", $"udp {examination.Settings.Port} is free");
        else examination.Fail("ports", string.Join("; ", taken), "See who has it: ss -lunp (udp), ss -ltnp (tcp); or take another network.port");
    }

    private static void Try(IPEndPoint endPoint, SocketType type, ProtocolType protocol, List<string> taken)
    {
        try
        {
            using var socket = new Socket(endPoint.AddressFamily, type, protocol);
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = false;
            socket.Bind(endPoint);
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.AddressFamilyNotSupported || IsMissingFamily(endPoint, failure))
        {
            // A machine without this family: the node does without it too.
        }
        catch (SocketException failure)
        {
            taken.Add($"{(type == SocketType.Dgram ? "udp" : "tcp")} {endPoint}: {failure.Message}");
        }
    }

    private static bool IsMissingFamily(IPEndPoint endPoint, SocketException failure) =>
        failure.SocketErrorCode == SocketError.AddressNotAvailable && endPoint.Address.Equals(IPAddress.IPv6Any);
}
