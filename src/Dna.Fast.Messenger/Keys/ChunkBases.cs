using System.Globalization;

namespace Dna.Fast.Messenger;

/// <summary>The base texts of chunked records (DNA layer, sections 0.2 and 14.3), for <see cref="DnaKeys.Chunk"/>.</summary>
/// <remarks>Fingerprints are 128 lower-case hex characters. Days are <see cref="DnaKeys.DayOf"/>. Any thread.</remarks>
public static class ChunkBases
{
    /// <summary>Index of the bootstrap nodes (section 15.1): one value of each owner.</summary>
    public const string BootstrapNodes = "dna:bootstrap:nodes";

    /// <summary>A name's alias of later clients.</summary>
    public static string Alias(string name) => $"{name}:lookup";

    /// <summary>A profile of later clients.</summary>
    public static string Profile(string fingerprint) => $"{fingerprint}:profile";

    /// <summary>One sender's messages of one day to one recipient (section 11.3).</summary>
    public static string OutboxDay(string sender, string recipient, ulong day) => string.Create(CultureInfo.InvariantCulture, $"{sender}:outbox:{recipient}:{day}");

    /// <summary>One sender's messages of one day to one recipient at a salted place; ours.</summary>
    /// <param name="place">As of <see cref="DnaKeys.SaltedOutbox"/>.</param>
    public static string SaltedOutboxDay(string place, ulong day) => string.Create(CultureInfo.InvariantCulture, $"{place}:outbox:{day}");

    /// <summary>Group metadata of later clients (section 12.5).</summary>
    public static string Group(string uuid) => $"dht:group:{uuid}";

    /// <summary>A group's key of one version (section 12.6).</summary>
    public static string GroupKey(string uuid, uint version) => string.Create(CultureInfo.InvariantCulture, $"{uuid}:gek:{version}");

    /// <summary>A group's messages of one day (section 12.7): one value of each writer.</summary>
    public static string GroupOutbox(string uuid, ulong day) => string.Create(CultureInfo.InvariantCulture, $"dna:group:{uuid}:out:{day}");

    /// <summary>The posts of one poster on one owner's wall (section 14.3).</summary>
    public static string WallPosts(string owner, string poster) => $"{owner}:wall:{poster}";

    /// <summary>Who posted on an owner's wall (section 14.3): one value of each poster.</summary>
    public static string WallContributors(string owner) => $"{owner}:wall:contributors";

    /// <summary>One bootstrap node (section 15.1).</summary>
    /// <param name="nodeId">The node's id, in hex.</param>
    public static string BootstrapNode(string nodeId) => $"dna:bootstrap:node:{nodeId}";
}
