using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Dna.Fast.Client;

/// <summary>A conversation with a node on this machine, over the Unix socket in its data directory: what the node sends as it comes, and what it is sent.</summary>
internal sealed class StatusTalk : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly StreamReader _lines;

    /// <param name="stream">Closed with this.</param>
    public StatusTalk(Stream stream)
    {
        Stream = stream;
        _lines = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
    }

    /// <summary>Bytes both ways, for conversations that are not lines.</summary>
    public Stream Stream { get; }

    /// <param name="path">The socket.</param>
    /// <param name="question">See <see cref="Hosting.ISocketStreams"/>.</param>
    /// <returns>Null with the reason for people when nobody answers.</returns>
    public static async Task<(StatusTalk? Talk, string Problem)> OpenAsync(string path, string question, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            timeout.CancelAfter(ConnectTimeout);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), timeout.Token).ConfigureAwait(false);
            await socket.SendAsync(Encoding.UTF8.GetBytes(question + "\n"), SocketFlags.None, timeout.Token).ConfigureAwait(false);
            return (new StatusTalk(new NetworkStream(socket, ownsSocket: true)), "");
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            socket.Dispose();
            return (null, $"no node answers at {path}: {failure.Message}");
        }
    }

    /// <summary>Nothing more comes from us; answers still may.</summary>
    /// <exception cref="SocketException">The other side is gone.</exception>
    public void EndSending()
    {
        if (Stream is NetworkStream socket) socket.Socket.Shutdown(SocketShutdown.Send);
        else if (Stream is Duplex duplex) duplex.EndWriting();
    }

    /// <summary>The next line as JSON.</summary>
    /// <returns>Null at the end, and for something that is no answer of a node.</returns>
    public async Task<JsonElement?> NextAsync(CancellationToken cancellation)
    {
        try
        {
            if (await _lines.ReadLineAsync(cancellation).ConfigureAwait(false) is not { } line) return null;
            using var json = JsonDocument.Parse(line);
            return json.RootElement.Clone();
        }
        catch (Exception failure) when (failure is IOException or JsonException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _lines.Dispose();
        Stream.Dispose();
    }
}
