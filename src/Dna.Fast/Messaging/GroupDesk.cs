using System.Globalization;
using System.Security.Cryptography;
using Dna.Fast.Messenger;

namespace Dna.Fast.Messaging;

/// <summary>What group commands work with: the groups we know, and the handing out of their keys (DNA layer, sections 12.2 and 12.6).</summary>
/// <remarks>
/// Keys come from a group's creator alone, and everybody who is to read with one is a member at that time. So the creator makes a new one whenever the members are others than those who
/// have the present one, whoever changed them, and before the packet in the network ends after a week.
/// </remarks>
internal sealed class GroupDesk(MessengerScene scene, GroupBook book)
{
    /// <summary>Age at which a creator replaces a key: its packet lives for seven days.</summary>
    private const ulong KeySecondsMax = 6 * 24 * 3600;

    /// <summary>Older versions that are looked for: messages are read for seven days.</summary>
    private const int VersionsBack = 8;

    public MessengerScene Scene => scene;

    public GroupBook Book => book;

    /// <summary>The group that somebody means, as it is in the network now; from then on we know it.</summary>
    /// <param name="said">A UUID, or the name or the beginning of the UUID of a group we know.</param>
    /// <returns>Null after a message, with the exit code.</returns>
    public async Task<(Group? Group, int ExitCode)> FindAsync(string said)
    {
        (string? uuid, int code) = await UuidAsync(said).ConfigureAwait(false);
        if (uuid is null) return (null, code);
        KnownGroup? known = book.Find(uuid);
        Answer<Group> found = await scene.Services.Groups.GetAsync(uuid, known?.Creator, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (found.Value is not { } group)
        {
            string gone = known is null ? $"there is no group {uuid} (nodes answered)" : $"the group {Titles.Of(known.Name)} is not in the network (nodes answered): its creator deleted it, or it ended";
            return (null, await scene.FailAsync(found.Code, $"the group {said}", new CodeText(ResultCode.NotFound, gone)).ConfigureAwait(false));
        }

        bool isOurs = group.Members.Contains(scene.Fingerprint) && group.Creator.Length == scene.Fingerprint.Length;
        if (isOurs && (known is null || known.Name != group.Name)) book.Keep((known ?? new KnownGroup(uuid, group.Name, group.Creator)) with { Name = group.Name });
        return (group, ExitCode.Ok);
    }

    /// <summary>Makes a new key for the present members and hands it out. Creator only.</summary>
    /// <returns>The group with the new version of its key; null after a message, with the exit code: then the old key goes on to be the group's.</returns>
    public async Task<(Group? Group, int ExitCode)> RotateAsync(Group group)
    {
        (List<(string Fingerprint, ReadOnlyMemory<byte> Key)>? members, int code) = await KeysOfMembersAsync(group).ConfigureAwait(false);
        if (members is null) return (null, code);
        KnownGroup known = book.Find(group.Uuid) ?? new KnownGroup(group.Uuid, group.Name, group.Creator);
        string what = $"the new key of {Titles.Of(group.Name)}";
        uint version = Math.Max(group.KeyVersion, known.Keys.Count > 0 ? known.Keys[0].Version : 0);
        if (version == uint.MaxValue)
            return (null, await scene.FailAsync(ResultCode.OutOfMemory, what, new CodeText(ResultCode.OutOfMemory, $"{what} has no number left: make a new group")).ConfigureAwait(false));
        version++;
        byte[] key = RandomNumberGenerator.GetBytes(GroupKeyPacket.KeyBytes);
        PutReport handed = await scene.Services.GroupKeys.PublishAsync(scene.Keys, group.Uuid, version, members, key, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (!handed.IsSuccess) return (null, await scene.FailAsync(handed.Code, what).ConfigureAwait(false));
        // Kept before anybody is told to use it: a version is never two keys.
        book.Keep(known.With(new KnownGroupKey(version, key, scene.Now, [.. group.Members.Order(StringComparer.Ordinal)])));
        Answer<Group> told = await scene.Services.Groups.SetKeyVersionAsync(scene.Keys, group.Uuid, version, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        return told.Value is { } next ? (next, ExitCode.Ok) : (null, await scene.FailAsync(told.Code, what).ConfigureAwait(false));
    }

    /// <summary>As a creator: replaces the key when members came or went, or it grew old. As a member: nothing.</summary>
    /// <returns>As <see cref="RotateAsync"/>.</returns>
    public async Task<(Group? Group, int ExitCode)> CatchUpAsync(Group group)
    {
        if (group.Creator != scene.Fingerprint) return (group, ExitCode.Ok);
        KnownGroupKey? present = book.Find(group.Uuid)?.Keys.FirstOrDefault(key => key.Version == group.KeyVersion);
        bool isGood = present is not null && present.Since + KeySecondsMax > scene.Now && present.Members.SequenceEqual(group.Members.Order(StringComparer.Ordinal));
        return isGood ? (group, ExitCode.Ok) : await RotateAsync(group).ConfigureAwait(false);
    }

    /// <summary>The key that messages are sent with.</summary>
    /// <returns>Empty after a message, with the exit code.</returns>
    public async Task<(ReadOnlyMemory<byte> Key, int ExitCode)> KeyAsync(Group group)
    {
        Answer<ReadOnlyMemory<byte>> key = group.KeyVersion == 0 ? new(ResultCode.NotFound, default) : await KeyAsync(group, group.KeyVersion).ConfigureAwait(false);
        if (key.IsSuccess) return (key.Value, ExitCode.Ok);
        const string ask = "ask its creator for a dna group rotate";
        return (default, await scene.FailAsync(
            key.Code, $"the key of {Titles.Of(group.Name)}",
            new CodeText(ResultCode.NotFound, $"the key of {Titles.Of(group.Name)} is not in the network (nodes answered); it is kept for 7 days: {ask}"),
            new CodeText(ResultCode.CryptographyFailed, $"the key of {Titles.Of(group.Name)} was not handed to you: {ask}")).ConfigureAwait(false));
    }

    /// <summary>Reads what members sent in the last seven days, with all keys we have or get.</summary>
    public async Task<GroupTexts> ReadAsync(Group group)
    {
        foreach (uint version in GroupKeyService.VersionsFrom(group.KeyVersion, VersionsBack)) await KeyAsync(group, version).ConfigureAwait(false);
        Dictionary<uint, ReadOnlyMemory<byte>> keys = (book.Find(group.Uuid)?.Keys ?? []).ToDictionary(key => key.Version, key => key.Key);
        return await scene.Services.GroupOutbox.ReadAsync(group, keys, days: 6, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
    }

    /// <summary>Remembers that messages were shown.</summary>
    public void Keep(Group group, IEnumerable<GroupText> shown)
    {
        if (book.Find(group.Uuid) is { } known) book.Keep(known.WithRead(shown.Select(text => text.Id), scene.Now * 1000));
    }

    /// <summary>A version of the key: from here, or from the network and then here.</summary>
    private async Task<Answer<ReadOnlyMemory<byte>>> KeyAsync(Group group, uint version)
    {
        KnownGroup known = book.Find(group.Uuid) ?? new KnownGroup(group.Uuid, group.Name, group.Creator);
        if (known.Keys.FirstOrDefault(key => key.Version == version) is { } have) return new(ResultCode.Success, have.Key);
        Answer<PublicKeyEntry> creator = await scene.Services.Keyserver.LookupAsync(group.Creator, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (creator.Value is not { } entry) return new(creator.Code, default);
        Answer<byte[]> fetched = await scene.Services.GroupKeys.FetchAsync(scene.Keys, group.Uuid, version, entry.SigningKey, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (fetched.Value is not { } bytes) return new(fetched.Code, default);
        book.Keep(known.With(new KnownGroupKey(version, bytes, scene.Now, [])));
        return new(ResultCode.Success, bytes);
    }

    private async Task<(string? Uuid, int ExitCode)> UuidAsync(string said)
    {
        if (Guid.TryParseExact(said, "D", out Guid uuid)) return (uuid.ToString("D"), ExitCode.Ok);
        KnownGroup[] meant = [.. book.All.Where(group => string.Equals(group.Name, said, StringComparison.OrdinalIgnoreCase))];
        if (meant.Length == 0) meant = [.. book.All.Where(group => group.Uuid.StartsWith(said, StringComparison.OrdinalIgnoreCase))];
        if (meant.Length == 1) return (meant[0].Uuid, ExitCode.Ok);
        string problem = meant.Length == 0
            ? $"you know no group {said}: dna group list shows which; a group that somebody else made is known by its UUID first (dna group show UUID)"
            : $"{said} are {meant.Length.ToString(CultureInfo.InvariantCulture)} groups: say the UUID of one, dna group list shows them";
        return (null, await scene.FailAsync(ResultCode.NotFound, said, new CodeText(ResultCode.NotFound, problem)).ConfigureAwait(false));
    }

    /// <summary>The members that a key can be handed to; who has published no keys, or of another suite, is named and left out.</summary>
    private async Task<(List<(string Fingerprint, ReadOnlyMemory<byte> Key)>? Members, int ExitCode)> KeysOfMembersAsync(Group group)
    {
        var members = new List<(string Fingerprint, ReadOnlyMemory<byte> Key)>();
        foreach (string member in group.Members)
        {
            Answer<PublicKeyEntry> found = member == scene.Fingerprint
                ? default
                : await scene.Services.Keyserver.LookupAsync(member, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
            ReadOnlyMemory<byte> key = member == scene.Fingerprint ? scene.Keys.EncryptionKey : found.Value?.EncryptionKey ?? default;
            if (found.Code is not (ResultCode.Success or ResultCode.NotFound)) return (null, await scene.FailAsync(found.Code, $"the keys of {member}").ConfigureAwait(false));
            if (key.Length == scene.Keys.Suite.EncryptionKeyBytes) members.Add((member, key));
            else await scene.NoteAsync($"{member} gets no key of {Titles.Of(group.Name)}: no published keys of your suite; dna group rotate hands it out later").ConfigureAwait(false);
        }

        if (members.Count <= GroupKeyPacket.MembersMax) return (members, ExitCode.Ok);
        string tooMany = string.Create(CultureInfo.InvariantCulture, $"a group's key is handed to {GroupKeyPacket.MembersMax} members at most, and {Titles.Of(group.Name)} has {members.Count}");
        return (null, await scene.FailAsync(ResultCode.InvalidParameter, "the group", new CodeText(ResultCode.InvalidParameter, tooMany)).ConfigureAwait(false));
    }
}
