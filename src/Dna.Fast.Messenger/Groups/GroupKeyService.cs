using System.Security.Cryptography;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;

namespace Dna.Fast.Messenger;

/// <summary>Hands out a group's key and fetches it (DNA layer, section 12.6). Any thread; a deadline covers a whole call.</summary>
public sealed class GroupKeyService(ChunkStore chunks, SuiteSet suites)
{
    // A packet of 16 members of the messenger suite has 31,425 bytes.
    private const int PacketBytesMax = 64 * 1024;

    /// <summary>The versions of a group's key that messages of the last days may name: the present one and those before it.</summary>
    /// <param name="newest">Any number, as it is in the group.</param>
    /// <param name="max">How many at most.</param>
    /// <returns>Newest first; never 0, which means no key.</returns>
    public static IEnumerable<uint> VersionsFrom(uint newest, int max)
    {
        for (uint version = newest; version > 0 && newest - version < max; version--) yield return version;
    }

    /// <summary>Hands out a version of a group's key to its members.</summary>
    /// <param name="owner">The group's creator.</param>
    /// <param name="members">Fingerprint and encryption key of each; at most 16.</param>
    /// <param name="key">32 bytes, new for each version.</param>
    /// <returns>CryptographyFailed when a member's key is no key of the owner's suite, or there are too many members.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<PutReport> PublishAsync(
        IUserKeys owner,
        string uuid,
        uint version,
        IReadOnlyList<(string Fingerprint, ReadOnlyMemory<byte> EncryptionKey)> members,
        ReadOnlyMemory<byte> key,
        TimeSpan deadline,
        CancellationToken cancellation = default)
    {
        if (GroupKeyPacket.Seal(owner, uuid, version, members, key.Span) is not { } packet) return PutReport.No(ResultCode.CryptographyFailed);
        return await chunks.WriteAsync(ChunkBases.GroupKey(uuid, version), TypeRegistry.SevenDays, packet, deadline, cancellation).ConfigureAwait(false);
    }

    /// <summary>Fetches a version of a group's key.</summary>
    /// <param name="ownerKey">The signing key of the group's creator: nobody else's packet counts.</param>
    /// <returns>The 32 bytes, which the caller zeroes; NotFound; AuthenticationFailed when there are only others' packets; CryptographyFailed when there is none for us in it.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<Answer<byte[]>> FetchAsync(
        IUserKeys keys, string uuid, uint version, ReadOnlyMemory<byte> ownerKey, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (suites.OfSigningKey(ownerKey.Length) is not { } suite) return Answer<byte[]>.No(ResultCode.InvalidParameter);
        Answer<IReadOnlyList<ChunkedValue>> found = await chunks.ReadAllAsync(ChunkBases.GroupKey(uuid, version), PacketBytesMax, deadline, cancellation).ConfigureAwait(false);
        if (found.Value is not { } values) return Answer<byte[]>.No(found.Code);
        foreach (ChunkedValue value in values)
        {
            if (GroupKeyPacket.Read(value.Data.Span, suite, ownerKey.Span, out GroupKeyPacket? packet) != RecordStatus.Ok || packet!.Uuid != uuid || packet.Version != version) continue;
            byte[] key = new byte[GroupKeyPacket.KeyBytes];
            if (packet.TryOpen(keys, key)) return Answer<byte[]>.Of(key);
            CryptographicOperations.ZeroMemory(key);
            return Answer<byte[]>.No(ResultCode.CryptographyFailed);
        }

        return Answer<byte[]>.No(ResultCode.AuthenticationFailed);
    }
}
