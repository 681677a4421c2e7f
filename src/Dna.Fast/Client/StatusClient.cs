using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Dna.Fast.Client;

/// <summary>Asks a node on this machine, over the Unix socket in its data directory.</summary>
internal static class StatusClient
{
    /// <summary>An answer is some kilobytes; something that sends more is no node.</summary>
    private const int AnswerBytesMax = 4 << 20;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <param name="path">The socket.</param>
    /// <param name="question">What to ask; see <see cref="Hosting.StatusSocket"/>.</param>
    /// <returns>The object, or null with the reason for people when nobody answers.</returns>
    public static async Task<(JsonDocument? Answer, string Problem)> AskAsync(string path, string question = "status")
    {
        try
        {
            return (JsonDocument.Parse(await ReadAsync(path, question).ConfigureAwait(false)), "");
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException or ArgumentException or JsonException)
        {
            return (null, $"no node answers at {path}: {failure.Message}");
        }
    }

    private static async Task<byte[]> ReadAsync(string path, string question)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), timeout.Token).ConfigureAwait(false);
        await socket.SendAsync(Encoding.UTF8.GetBytes(question + "\n"), SocketFlags.None, timeout.Token).ConfigureAwait(false);
        using var answer = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        while (answer.Length < AnswerBytesMax)
        {
            int length = await socket.ReceiveAsync(buffer, SocketFlags.None, timeout.Token).ConfigureAwait(false);
            if (length == 0) break;
            answer.Write(buffer, 0, length);
        }

        return answer.ToArray();
    }
}
