using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger;

/// <summary>Where each record lives: the keys of sections 0.1 and 0.2 of the DNA layer.</summary>
/// <remarks>
/// A record's text is hashed, and the digest is handed to the network in one of four forms; the network hashes it once more (SHA-1), and that infohash is what
/// every method here returns. Writer and reader of a record share these functions, so that they cannot disagree. Fingerprints are the 128 lower-case hex
/// characters of <see cref="UserFingerprint.Normalise"/>; texts are hashed as UTF-8, as they are. Any thread.
/// </remarks>
public static class DnaKeys
{
    /// <summary>Bytes of a digest that name a chunk (section 0.2).</summary>
    private const int ChunkKeyBytes = 32;

    /// <summary>One day, in seconds: the width of a daily bucket.</summary>
    private const ulong DaySeconds = 86_400;

    /// <summary>Public-key entry (section 8.1): <c>fp:pubkey</c>, hex form.</summary>
    public static InfoHash PublicKeys(string fingerprint) => HexForm($"{fingerprint}:pubkey");

    /// <summary>Reverse entry (section 8.1): <c>fp:reverse</c>, hex form.</summary>
    public static InfoHash Reverse(string fingerprint) => HexForm($"{fingerprint}:reverse");

    /// <summary>Name alias (section 8.1): <c>name:lookup</c>, hex form; the name as it is typed.</summary>
    public static InfoHash Alias(string name) => HexForm($"{name}:lookup");

    /// <summary>Unified identity (section 9): <c>fp:profile</c>, hex form.</summary>
    public static InfoHash Profile(string fingerprint) => HexForm($"{fingerprint}:profile");

    /// <summary>The deprecated profile (section 9.4): <c>fp:profile</c>, raw form.</summary>
    public static InfoHash OldProfile(string fingerprint) => RawForm($"{fingerprint}:profile");

    /// <summary>Backup of the network identity (section 5.2): <c>fp:dht_identity</c>, raw form.</summary>
    public static InfoHash IdentityBackup(string fingerprint) => RawForm($"{fingerprint}:dht_identity");

    /// <summary>Contact list (section 13): <c>fp:contactlist</c>, raw form.</summary>
    public static InfoHash ContactList(string fingerprint) => RawForm($"{fingerprint}:contactlist");

    /// <summary>Outbox of one sender for one recipient (section 11): <c>sender:outbox:recipient</c>, raw form.</summary>
    public static InfoHash Outbox(string sender, string recipient) => RawForm($"{sender}:outbox:{recipient}");

    /// <summary>Delivery acknowledgement (section 11.3): <c>recipient:ack:sender</c>, raw form.</summary>
    public static InfoHash Acknowledgement(string recipient, string sender) => RawForm($"{recipient}:ack:{sender}");

    /// <summary>Outbox at a salted place: <c>P:outbox</c>, raw form; ours.</summary>
    /// <param name="place">64 lower-case hex characters: SHA3-256(<c>"dna-salted-v1" | salt 32 | sender | recipient</c>), which only these two users can make.</param>
    public static InfoHash SaltedOutbox(string place) => RawForm($"{place}:outbox");

    /// <summary>Delivery acknowledgement at a salted place: <c>P:ack</c>, raw form, of the same P as the outbox that it is about; ours.</summary>
    /// <param name="place">As of <see cref="SaltedOutbox"/>.</param>
    public static InfoHash SaltedAcknowledgement(string place) => RawForm($"{place}:ack");

    /// <summary>Group metadata of the first clients (section 12.1): the UUID's 36 characters, hex form.</summary>
    public static InfoHash Group(string uuid) => HexForm(uuid);

    /// <summary>Message wall (section 14.1): <c>fp:message_wall</c>, as 64 hex characters of its SHA-256.</summary>
    public static InfoHash Wall(string fingerprint) => Sha256Form($"{fingerprint}:message_wall");

    /// <summary>Votes on a post (section 14.3): <c>postid:votes</c>, as 64 hex characters of its SHA-256.</summary>
    public static InfoHash Votes(string postId) => Sha256Form($"{postId}:votes");

    /// <summary>Presence (section 10.3): the signing key itself, raw form.</summary>
    public static InfoHash Presence(ReadOnlySpan<byte> signingKey)
    {
        Span<byte> digest = stackalloc byte[Sha3.Bytes512];
        Sha3.Hash512(signingKey, digest);
        return InfoHash.Of(digest);
    }

    /// <summary>Contact requests to a user (section 15.5): <c>fp:requests</c>, raw form.</summary>
    public static InfoHash ContactRequests(string fingerprint) => RawForm($"{fingerprint}:requests");

    /// <summary>The first bootstrap registry (section 15.1): one text for the whole network, hex form.</summary>
    public static InfoHash BootstrapRegistry() => HexForm("dna:bootstrap:registry");

    /// <summary>Chunk <paramref name="index"/> of a chunked record (section 15.2): the first 32 bytes of the SHA3-512 of <c>BASE:chunk:i</c>.</summary>
    /// <param name="baseKey">A text of <see cref="ChunkBases"/>.</param>
    /// <param name="index">From 0.</param>
    public static InfoHash Chunk(string baseKey, int index)
    {
        Span<byte> digest = stackalloc byte[Sha3.Bytes512];
        Hash(string.Create(CultureInfo.InvariantCulture, $"{baseKey}:chunk:{index}"), digest);
        return InfoHash.Of(digest[..ChunkKeyBytes]);
    }

    /// <summary>The value id of a contact request (section 15.5): the first 16 hex digits of the sender's fingerprint, so that each sender has a slot; 0 becomes 1.</summary>
    public static ulong RequestValueId(string senderFingerprint) =>
        Math.Max(1, ulong.Parse(senderFingerprint.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

    /// <summary>The value id of whoever writes under a key that others write under too (sections 3.5 and 15.2): the first 8 bytes of the long id, big-endian; 0 becomes 1.</summary>
    public static ulong OwnerValueId(in LongId owner)
    {
        Span<byte> bytes = stackalloc byte[LongId.Bytes];
        owner.CopyTo(bytes);
        return Math.Max(1, System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }

    /// <summary>The number of a daily bucket (section 0.2).</summary>
    /// <param name="unixSeconds">Seconds since 1970.</param>
    public static ulong DayOf(ulong unixSeconds) => unixSeconds / DaySeconds;

    private static InfoHash HexForm(string text)
    {
        Span<byte> digest = stackalloc byte[Sha3.Bytes512], hex = stackalloc byte[2 * Sha3.Bytes512];
        Hash(text, digest);
        Convert.TryToHexStringLower(digest, hex, out _);
        return InfoHash.Of(hex);
    }

    private static InfoHash RawForm(string text)
    {
        Span<byte> digest = stackalloc byte[Sha3.Bytes512];
        Hash(text, digest);
        return InfoHash.Of(digest);
    }

    private static InfoHash Sha256Form(string text)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes], hex = stackalloc byte[2 * SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), digest);
        Convert.TryToHexStringLower(digest, hex, out _);
        return InfoHash.Of(hex);
    }

    private static void Hash(string text, Span<byte> digest) => Sha3.Hash512(Encoding.UTF8.GetBytes(text), digest);
}
