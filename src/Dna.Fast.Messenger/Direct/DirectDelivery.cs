using System.Net;
using System.Net.Sockets;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Direct delivery of one user's session, both ways (DNA layer, section 10.2). Any thread.</summary>
internal sealed class DirectDelivery : IAsyncDisposable
{
    private readonly DirectOptions? _options;
    private readonly TimeProvider _time;
    private readonly DirectReceiver _receiver;
    private DirectServer? _server;

    /// <param name="options">Null: nothing is sent or taken directly.</param>
    public DirectDelivery(DirectOptions? options, IUserKeys keys, MessengerServices services, IDeliveryLog log, TimeProvider time)
    {
        _options = options;
        _time = time;
        _receiver = new DirectReceiver(keys, log, Inbox, time);
        if (options is { Sends: true }) Sender = new DirectSender(keys, services.Presences, services.Network.Suites, Counters, time);
    }

    /// <summary>Null: nothing is sent directly.</summary>
    public DirectSender? Sender { get; }

    /// <summary>What came and waits for whoever receives.</summary>
    public DirectInbox Inbox { get; } = new();

    public DirectCounters Counters { get; } = new();

    /// <summary>Where messages are taken; null: nowhere.</summary>
    public IPEndPoint? TakesAt => _server?.At;

    /// <summary>Where our presence says that we are; null: nowhere that others could come to.</summary>
    public IPEndPoint? AnnouncedAt
    {
        get
        {
            if (TakesAt is not { } at) return null;
            bool isOneHost = !at.Address.Equals(IPAddress.Any) && !at.Address.Equals(IPAddress.IPv6Any);
            return _options!.Announce ?? (isOneHost ? at : null);
        }
    }

    /// <summary>Begins to take messages.</summary>
    /// <exception cref="SocketException">The address cannot be bound; nothing was begun.</exception>
    public void Begin()
    {
        if (_options?.Listen is not { } listen) return;
        _server = new DirectServer(listen, _receiver, Counters, _time);
        _server.Begin();
    }

    /// <summary>Takes no more messages, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync().ConfigureAwait(false);
        _receiver.Dispose();
    }
}
