using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Dna.Fast.Client;

/// <summary>One GET without a library of clients: asks a node of ours whether it is well, where a program must not grow by megabytes for that.</summary>
internal static class HttpGet
{
    /// <summary>Reports are a few kilobytes.</summary>
    private const int AnswerBytesMax = 1 << 20;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <param name="url">An absolute <c>http</c> URL.</param>
    /// <returns>Status and body; status 0 and the reason for people when there is no answer.</returns>
    public static async Task<(int Status, string Body)> ReadAsync(Uri url)
    {
        try
        {
            using var timeout = new CancellationTokenSource(Timeout);
            using var client = new TcpClient();
            await client.ConnectAsync(url.IdnHost, url.Port, timeout.Token).ConfigureAwait(false);
            NetworkStream stream = client.GetStream();
            byte[] request = Encoding.ASCII.GetBytes($"GET {url.PathAndQuery} HTTP/1.0\r\nHost: {url.Authority}\r\nConnection: close\r\n\r\n");
            await stream.WriteAsync(request, timeout.Token).ConfigureAwait(false);
            byte[] answer = new byte[AnswerBytesMax];
            int length = await stream.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, timeout.Token).ConfigureAwait(false);
            return Parse(Encoding.UTF8.GetString(answer, 0, length));
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException)
        {
            return (0, failure.Message);
        }
    }

    private static (int Status, string Body) Parse(string answer)
    {
        int end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        string[] first = answer.Split("\r\n", 2)[0].Split(' ', 3);
        bool isHttp = end >= 0 && first.Length >= 2 && first[0].StartsWith("HTTP/1.", StringComparison.Ordinal)
            && int.TryParse(first[1], NumberStyles.None, CultureInfo.InvariantCulture, out _);
        return isHttp ? (int.Parse(first[1], CultureInfo.InvariantCulture), answer[(end + 4)..]) : (0, "that is no HTTP answer");
    }
}
