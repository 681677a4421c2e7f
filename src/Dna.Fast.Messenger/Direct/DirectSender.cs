using System.Net;
using System.Net.Sockets;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Sends a message to where its recipient's signed presence says that it is (DNA layer, section 10.2). Any thread.</summary>
internal sealed class DirectSender(IUserKeys keys, PresenceService presences, SuiteSet suites, DirectCounters counters, TimeProvider time)
{
    /// <summary>Ports below are of mail, web and other services: no client listens there, and a presence that names one would have us knock at somebody else's door.</summary>
    private const int PortMin = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _unreached = [];

    /// <summary>Tries it once, within a few seconds.</summary>
    /// <returns>True when the recipient signed that it has the message; else it has to be queued, though it may have arrived.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<bool> TrySendAsync(PublicKeyEntry recipient, byte[] envelope, MessageDigest digest, Deadline deadline, CancellationToken cancellation)
    {
        if (!MayTry(recipient.Fingerprint)) return Count(isDelivered: false);
        TimeSpan within = deadline.Left < DirectLimits.SentWithin ? deadline.Left : DirectLimits.SentWithin;
        if (await WhereAsync(recipient, within, cancellation).ConfigureAwait(false) is not { } address) return Count(isDelivered: false);
        using var late = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        DirectReply reply = DirectReply.Wrong;
        try
        {
            reply = await ExchangeAsync(address, recipient.Fingerprint, envelope, digest, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Too late.
        }
        catch (SocketException)
        {
            // Nobody is there.
        }

        if (reply != DirectReply.Delivered) Remember(recipient.Fingerprint);
        return Count(reply == DirectReply.Delivered);
    }

    private async Task<IPEndPoint?> WhereAsync(PublicKeyEntry recipient, TimeSpan within, CancellationToken cancellation)
    {
        Answer<Presence> found = await presences.FindAsync(recipient.SigningKey, within, cancellation).ConfigureAwait(false);
        ulong now = (ulong)time.GetUtcNow().ToUnixTimeSeconds();
        // One that nobody signed would send us wherever somebody likes.
        if (found.Value is not { IsSigned: true } presence || !presence.IsOnlineAt(now) || presence.Port < PortMin) return null;
        return IPAddress.TryParse(presence.Ip, out IPAddress? address) && IsOneHost(address) ? new IPEndPoint(address, presence.Port) : null;
    }

    private static bool IsOneHost(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        bool isMulticast = address.IsIPv6Multicast || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] >= 224);
        return !isMulticast && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);
    }

    private async Task<DirectReply> ExchangeAsync(IPEndPoint address, string recipient, byte[] envelope, MessageDigest digest, CancellationToken cancellation)
    {
        using var connection = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        connection.NoDelay = true;
        await connection.ConnectAsync(address, cancellation).ConfigureAwait(false);
        await DirectBytes.SendAsync(connection, DirectFrame.Request(envelope), cancellation).ConfigureAwait(false);
        byte[] reply = new byte[1 + DirectFrame.LengthBytes + DirectLimits.ReplyBytesMax];
        int head = await DirectBytes.ReadAsync(connection, reply.AsMemory(0, 1 + DirectFrame.LengthBytes), cancellation).ConfigureAwait(false);
        int more = head == 1 + DirectFrame.LengthBytes ? DirectFrame.Length(reply.AsSpan(1, DirectFrame.LengthBytes), DirectLimits.ReplyBytesMax) ?? 0 : 0;
        int length = head + await DirectBytes.ReadAsync(connection, reply.AsMemory(head, more), cancellation).ConfigureAwait(false);
        return DirectFrame.Read(reply.AsSpan(0, length), suites, recipient, keys.Fingerprint, digest);
    }

    private bool MayTry(string recipient)
    {
        lock (_lock) return !_unreached.TryGetValue(recipient, out long since) || time.GetElapsedTime(since) >= DirectLimits.UnreachedFor;
    }

    private void Remember(string recipient)
    {
        lock (_lock)
        {
            if (_unreached.Count >= DirectLimits.UnreachedMax) _unreached.Clear();
            _unreached[recipient] = time.GetTimestamp();
        }
    }

    private bool Count(bool isDelivered)
    {
        counters.Count(isDelivered ? DirectOutcome.Sent : DirectOutcome.SentOtherwise);
        return isDelivered;
    }
}
