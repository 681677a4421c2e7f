using System.Globalization;
using System.Text;
using Dna.Fast.Identity;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messaging;

/// <summary>Requests that a user declined: the file <c>declined</c>, a line <c>FINGERPRINT TIMESTAMP</c> for each sender. Nobody can take another's request out of the network, so it is hidden here.</summary>
internal sealed class DeclinedRequests(StateFolder state)
{
    /// <summary>Senders remembered: the oldest are forgotten first; their requests have ended long before.</summary>
    private const int SendersMax = 1024;

    private const int BytesMax = 256 * 1024;

    private readonly string _path = Path.Combine(state.OfUser, "declined");

    /// <summary>True when this request, or a later one of its sender, was declined; a newer one asks again.</summary>
    /// <param name="timestamp">The request's, in seconds since 1970.</param>
    public bool Contains(string sender, ulong timestamp) => Read().Any(entry => entry.Sender == sender && entry.Timestamp >= timestamp);

    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written.</exception>
    public void Add(string sender, ulong timestamp)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{sender} {timestamp}\n");
        foreach ((string other, ulong time) in Read().Where(entry => entry.Sender != sender).Take(SendersMax - 1)) text.Append(CultureInfo.InvariantCulture, $"{other} {time}\n");
        state.Prepare();
        PrivateFile.Write(_path, Encoding.UTF8.GetBytes(text.ToString()));
    }

    // What cannot be read hides nothing: a request is shown once more.
    private List<(string Sender, ulong Timestamp)> Read()
    {
        var entries = new List<(string Sender, ulong Timestamp)>();
        try
        {
            if (!File.Exists(_path)) return entries;
            foreach (string line in Encoding.UTF8.GetString(PrivateFile.Read(_path, BytesMax)).Split('\n'))
            {
                if (line.Split(' ') is [var sender, var time] && UserFingerprint.Normalise(sender) is { } fingerprint
                    && ulong.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out ulong timestamp))
                    entries.Add((fingerprint, timestamp));
            }
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return entries;
        }

        return entries;
    }
}
