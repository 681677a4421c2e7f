using System.Net;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Sockets;
using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Echo;

/// <summary>The limit: a server that does what every UDP server must, receive and send in batches, and nothing else.</summary>
internal sealed class EchoServer : IDisposable
{
    /// <summary>Batches until a thread looks whether it is to end.</summary>
    private const long PollNs = 100 * Clock.Millisecond;

    /// <summary>The same as the generator asks for.</summary>
    private const int BufferBytes = 4 << 20;

    private readonly List<UdpSocket> _sockets;
    private readonly List<Thread> _threads = [];
    private volatile bool _isStopped;

    private EchoServer(List<UdpSocket> sockets) => _sockets = sockets;

    /// <summary>Where it listens.</summary>
    public NodeAddress Address => _sockets[0].Local;

    /// <summary>Opens the port and starts its threads.</summary>
    /// <param name="threads">Each has a socket of its own on the port, over which the kernel spreads the peers.</param>
    /// <exception cref="LoadException">The port cannot be opened.</exception>
    public static EchoServer Start(IPAddress address, ushort port, int threads, EchoReplies replies)
    {
        List<UdpSocket> sockets = [];
        var local = NodeAddress.From(new IPEndPoint(address, port));
        for (int i = 0; i < threads; i++)
        {
            int error = UdpSocket.Open(local, default, threads > 1, BufferBytes, out UdpSocket? socket);
            if (error != 0)
            {
                sockets.ForEach(s => s.Dispose());
                string advice = error == LibC.ErrorInUse ? "another program has this port: choose another --port, or end that program"
                    : "check --bind and --port";
                throw new LoadException(ExitCode.Failed, $"could not open {local}: {LibC.Describe(error)}", advice);
            }

            sockets.Add(socket!);
            local = socket!.Local;
        }

        var server = new EchoServer(sockets);
        foreach (UdpSocket socket in sockets)
        {
            var thread = new Thread(() => server.Serve(socket, replies)) { Name = "echo", IsBackground = true };
            server._threads.Add(thread);
            thread.Start();
        }

        return server;
    }

    /// <summary>Ends the threads and waits for them.</summary>
    public void Dispose()
    {
        _isStopped = true;
        _threads.ForEach(t => t.Join());
        _sockets.ForEach(s => s.Dispose());
    }

    private void Serve(UdpSocket socket, EchoReplies replies)
    {
        var batch = new EchoBatch(socket, replies.Templates);
        var poller = new Poller([socket]);
        while (!_isStopped)
        {
            int count = batch.Receive();
            if (count == 0)
            {
                poller.Wait(PollNs);
                continue;
            }

            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> query = batch[i];
                if (!EchoReplies.TryRecognise(query, out int at, out RequestKind kind)) continue;
                query.Slice(at, sizeof(uint)).CopyTo(batch.Answer(i, (int)kind)[^EchoReplies.TransactionFromEnd..]);
            }

            batch.Send();
        }
    }
}
