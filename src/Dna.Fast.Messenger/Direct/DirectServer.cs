using System.Net;
using System.Net.Sockets;

namespace Dna.Fast.Messenger;

/// <summary>Takes messages from other clients over TCP (DNA layer, section 10.2): one a connection, bounded by <see cref="DirectLimits"/>, each refusal counted. Any thread.</summary>
/// <remarks>Whoever connects is nobody until its envelope opens and says who signed it. A connection is answered when the application has its message, and closed without a word otherwise.</remarks>
internal sealed class DirectServer : IAsyncDisposable
{
    /// <summary>Connections that the system keeps until they are let in or refused.</summary>
    private const int Backlog = 64;

    private readonly Socket _listener;
    private readonly AddressGuard _guard;
    private readonly DirectReceiver _receiver;
    private readonly DirectCounters _counters;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _connections = [];
    private Task _accepting = Task.CompletedTask;

    /// <exception cref="SocketException">The address cannot be bound.</exception>
    public DirectServer(IPEndPoint at, DirectReceiver receiver, DirectCounters counters, TimeProvider time)
    {
        _receiver = receiver;
        _counters = counters;
        _time = time;
        _guard = new AddressGuard(time);
        _listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _listener.Bind(at);
            _listener.Listen(Backlog);
        }
        catch
        {
            _listener.Dispose();
            throw;
        }

        At = (IPEndPoint)_listener.LocalEndPoint!;
    }

    /// <summary>Where it listens, with the port it got.</summary>
    public IPEndPoint At { get; }

    public void Begin() => _accepting = Task.Run(AcceptAsync);

    /// <summary>Lets nobody in any more, and ends all connections; those whose message the application has are answered.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        Task[] open;
        lock (_lock) open = [.. _connections];
        await Task.WhenAll(open).ConfigureAwait(false);
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                Enter(await _listener.AcceptAsync(_ended.Token).ConfigureAwait(false));
            }
            catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // One that was gone before it was let in, or no descriptors for a while: without a pause that would be a busy loop.
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System).ConfigureAwait(false);
            }
        }
    }

    private void Enter(Socket connection)
    {
        if (connection.RemoteEndPoint is not IPEndPoint { Address: { } from } || _guard.Enter(from) is not { } refusal)
        {
            Task served = ServeAsync(connection);
            lock (_lock) _connections.Add(served);
            _ = served.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return;
        }

        _counters.Count(refusal);
        Close(connection, isAbrupt: true);

        void Forget(Task task)
        {
            lock (_lock) _connections.Remove(task);
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        IPAddress? from = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        // On another thread: the one that accepts goes on.
        await Task.Yield();
        bool isAnswered = false;
        try
        {
            (DirectOutcome outcome, byte[]? envelope) = await FrameAsync(connection).ConfigureAwait(false);
            if (envelope is not null)
            {
                (outcome, byte[]? reply) = await _receiver.TakeAsync(envelope, _ended.Token).ConfigureAwait(false);
                isAnswered = reply is not null && await TryReplyAsync(connection, reply).ConfigureAwait(false);
            }

            _counters.Count(outcome);
        }
        catch (OperationCanceledException)
        {
            // The session stopped.
            _counters.Count(DirectOutcome.Broken);
        }
        finally
        {
            Close(connection, isAbrupt: !isAnswered);
            if (from is not null) _guard.Leave(from);
        }
    }

    /// <returns>The envelope, or why there is none.</returns>
    private async Task<(DirectOutcome Outcome, byte[]? Envelope)> FrameAsync(Socket connection)
    {
        using var late = new CancellationTokenSource(DirectLimits.FrameWithin, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _ended.Token);
        try
        {
            byte[] head = new byte[DirectFrame.LengthBytes];
            if (!await DirectBytes.FillAsync(connection, head, either.Token).ConfigureAwait(false)) return (DirectOutcome.Broken, null);
            if (DirectFrame.Length(head, DirectLimits.EnvelopeBytesMax) is not { } length) return (DirectOutcome.WrongLength, null);
            byte[] envelope = new byte[length];
            return await DirectBytes.FillAsync(connection, envelope, either.Token).ConfigureAwait(false) ? (DirectOutcome.Delivered, envelope) : (DirectOutcome.Broken, null);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return (DirectOutcome.TooSlow, null);
        }
    }

    private async Task<bool> TryReplyAsync(Socket connection, byte[] reply)
    {
        // Also while the session stops: the application has the message.
        using var late = new CancellationTokenSource(DirectLimits.FrameWithin, _time);
        try
        {
            await DirectBytes.SendAsync(connection, reply, late.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException)
        {
            // It queues the message, and finds in the network that we have it.
            return false;
        }
    }

    /// <param name="isAbrupt">True: what the other still sends is refused by a reset, and nothing of it lingers in the system.</param>
    private static void Close(Socket connection, bool isAbrupt)
    {
        try
        {
            if (isAbrupt) connection.LingerState = new LingerOption(enable: true, seconds: 0);
            else connection.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It is gone already.
        }

        connection.Dispose();
    }
}
