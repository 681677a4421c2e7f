using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Reads the new messages of one group. One reading at a time.</summary>
internal sealed class GroupReader(IUserKeys keys, MessengerServices services, IDeliveryLog log, WatchedGroup watched)
{
    /// <summary>Versions of a group's key that are looked for: messages live for a week, and a key changes when somebody comes or goes.</summary>
    private const int VersionsMax = 16;

    private readonly Dictionary<uint, ReadOnlyMemory<byte>> _keys = watched.Keys.ToDictionary(key => key.Key, key => (ReadOnlyMemory<byte>)key.Value.ToArray());

    /// <summary>Versions that were in no node at the last look.</summary>
    private readonly HashSet<uint> _absent = [];

    /// <summary>Whose messages they are in a delivery log.</summary>
    public string LogName => "group-" + watched.Uuid;

    /// <returns>New messages, oldest first; and false when there may be more.</returns>
    public async Task<(IReadOnlyList<ReceivedMessage> Messages, bool IsKnown)> ReadAsync(InboxDepth depth, Deadline deadline, CancellationToken cancellation)
    {
        if (!await log.OpenAsync(LogName, cancellation).ConfigureAwait(false)) return ([], false);
        Answer<Group> found = await services.Groups.GetAsync(watched.Uuid, watched.Creator, deadline.Left, cancellation).ConfigureAwait(false);
        if (found.Value is not { } group) return ([], found.Code == ResultCode.NotFound);
        if (!await FetchKeysAsync(group, deadline, cancellation).ConfigureAwait(false)) return ([], false);
        GroupTexts texts = await services.GroupOutbox.ReadAsync(group, _keys, depth == InboxDepth.Full ? 6 : 1, deadline.Left, cancellation).ConfigureAwait(false);
        ReceivedMessage[] messages =
        [
            .. texts.Texts.Where(text => text.Sender != keys.Fingerprint).Select(MessageOf).Where(message => !log.Contains(LogName, message.Id)),
        ];
        // A key that is not there yet comes when its creator puts it there; until then what it opens is still to be read.
        return (messages, texts.IsComplete && !texts.MissingVersions.Overlaps(_absent));
    }

    /// <summary>Remembers that a message was delivered.</summary>
    public async Task KeepAsync(ReceivedMessage message, ulong now, CancellationToken cancellation) =>
        await log.AddAsync(LogName, [new DeliveredEntry(message.Id, message.Timestamp, message.Expiry)], now, cancellation).ConfigureAwait(false);

    /// <summary>Forgets the group's keys.</summary>
    public void Forget()
    {
        foreach (ReadOnlyMemory<byte> key in _keys.Values)
        {
            if (System.Runtime.InteropServices.MemoryMarshal.TryGetArray(key, out ArraySegment<byte> bytes)) CryptographicOperations.ZeroMemory(bytes);
        }

        _keys.Clear();
    }

    private ReceivedMessage MessageOf(GroupText text)
    {
        ulong seconds = text.TimestampMs / 1000;
        // Its day is read for six days more.
        return new ReceivedMessage(text.Sender, seconds, Encoding.UTF8.GetBytes(text.Text), MessageDigest.Of(Encoding.UTF8.GetBytes(text.Id)))
        {
            Group = watched.Uuid,
            GroupId = text.Id,
            Expiry = seconds + RecordLimits.WeekSeconds,
        };
    }

    /// <returns>False when whether there is a key is not known.</returns>
    private async Task<bool> FetchKeysAsync(Group group, Deadline deadline, CancellationToken cancellation)
    {
        uint[] missing = [.. GroupKeyService.VersionsFrom(group.KeyVersion, VersionsMax).Where(version => !_keys.ContainsKey(version))];
        _absent.Clear();
        if (missing.Length == 0) return true;
        Answer<PublicKeyEntry> creator = await services.Keyserver.LookupAsync(group.Creator, deadline.Left, cancellation).ConfigureAwait(false);
        if (creator.Value is not { } owner) return false;
        Answer<byte[]>[] found = await Task.WhenAll(
            missing.Select(version => services.GroupKeys.FetchAsync(keys, group.Uuid, version, owner.SigningKey, deadline.Left, cancellation))).ConfigureAwait(false);
        for (int i = 0; i < missing.Length; i++)
        {
            if (found[i].Value is { } key) _keys[missing[i]] = key;
            else if (found[i].Code == ResultCode.NotFound) _absent.Add(missing[i]);
        }

        return !found.Any(answer => answer.Code is ResultCode.NetworkError or ResultCode.Timeout);
    }
}
