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

    // Read once: strangers choose how many requests are looked up.
    private Dictionary<string, ulong>? _declined;

    /// <summary>True when this request, or a later one of its sender, was declined; a newer one asks again.</summary>
    /// <param name="timestamp">The request's, in seconds since 1970.</param>
    /// <remarks>A file that cannot be read hides nothing: a request is shown once more.</remarks>
    public bool Contains(string sender, ulong timestamp)
    {
        try
        {
            _declined ??= ByName(Read());
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            _declined = [];
        }

        return _declined.TryGetValue(sender, out ulong declined) && declined >= timestamp;
    }

    /// <summary>Adds one to what the file has by then.</summary>
    /// <exception cref="IOException">It cannot be read or written; it is untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be read or written; it is untouched.</exception>
    public void Add(string sender, ulong timestamp)
    {
        List<(string Sender, ulong Timestamp)> entries = [(sender, timestamp), .. Read().Where(entry => entry.Sender != sender).Take(SendersMax - 1)];
        var text = new StringBuilder();
        foreach ((string other, ulong time) in entries) text.Append(CultureInfo.InvariantCulture, $"{other} {time}\n");
        state.Prepare();
        PrivateFile.Write(_path, Encoding.UTF8.GetBytes(text.ToString()));
        _declined = ByName(entries);
    }

    private static Dictionary<string, ulong> ByName(List<(string Sender, ulong Timestamp)> entries) =>
        entries.GroupBy(entry => entry.Sender).ToDictionary(sender => sender.Key, sender => sender.Max(entry => entry.Timestamp));

    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be read.</exception>
    private List<(string Sender, ulong Timestamp)> Read()
    {
        var entries = new List<(string Sender, ulong Timestamp)>();
        // A directory of that name, or one that may not be looked into, is no empty file.
        if (!Path.Exists(_path)) return entries;
        foreach (string line in Encoding.UTF8.GetString(PrivateFile.Read(_path, BytesMax)).Split('\n'))
        {
            if (line.Split(' ') is [var sender, var time] && UserFingerprint.Normalise(sender) is { } fingerprint
                && ulong.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out ulong timestamp))
                entries.Add((fingerprint, timestamp));
        }

        return entries;
    }
}
