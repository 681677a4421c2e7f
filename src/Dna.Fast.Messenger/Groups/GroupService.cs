using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;

namespace Dna.Fast.Messenger;

/// <summary>Groups: makes, changes, reads and deletes them (DNA layer, section 12.2), by the rules of <see cref="GroupRules"/>.</summary>
/// <remarks>
/// Any thread; changes of one group by one client follow one another. Each writer has a slot of its own under the group's key. A group that cannot be read is not changed. A deadline covers a
/// whole call. <c>creator</c> is whose group the caller knows it to be; without it anybody who knows the UUID can make the group unreadable, though not change it unnoticed.
/// </remarks>
/// <param name="caches">Null: every call asks the network.</param>
public sealed class GroupService(RecordNetwork network, RecordCaches? caches = null) : IDisposable
{
    private readonly KeyLocks _locks = new();

    /// <summary>Makes a group; its creator is its first member.</summary>
    /// <param name="uuid">A random one.</param>
    /// <param name="members">Fingerprints of the others.</param>
    /// <returns>The group; InvalidParameter when a text or a member breaks the rules (<see cref="GroupCodec.IsWritable"/>).</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<Answer<Group>> CreateAsync(
        IUserKeys keys, Guid uuid, string name, string description, IReadOnlyCollection<string> members, TimeSpan deadline, CancellationToken cancellation = default)
    {
        var group = new Group
        {
            Uuid = uuid.ToString("D"),
            Name = name,
            Description = description,
            Creator = keys.Fingerprint,
            CreatedAt = network.Now,
            Version = 1,
            Members = [.. members.Prepend(keys.Fingerprint).Select(member => UserFingerprint.Normalise(member) ?? "").Distinct()],
        };
        return await PutAsync(keys, group, network.Within(deadline), cancellation).ConfigureAwait(false);
    }

    /// <summary>The version of a group that counts.</summary>
    /// <returns>NotFound, also when it was deleted; AuthenticationFailed when only versions are there that do not count; NetworkError and Timeout when it is not known.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<Group>> GetAsync(string uuid, string? creator, TimeSpan deadline, CancellationToken cancellation = default) =>
        GetAsync(uuid, creator, Freshness.Cached, network.Within(deadline), cancellation);

    /// <summary>As <see cref="GetAsync(string, string, TimeSpan, CancellationToken)"/>, and says whether a cached version will do.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<Group>> GetAsync(string uuid, string? creator, Freshness freshness, TimeSpan deadline, CancellationToken cancellation = default) =>
        GetAsync(uuid, creator, freshness, network.Within(deadline), cancellation);

    /// <summary>Changes name and description; null keeps one. Creator or member.</summary>
    /// <returns>The new version; AuthenticationFailed for others; InvalidParameter; OutOfMemory when no reader would count a higher version: members' until the creator's next one
    /// (<see cref="GroupRules.MemberVersionsMax"/>), the creator's after 2^32; else as <see cref="GetAsync(string, string, TimeSpan, CancellationToken)"/>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<Group>> UpdateAsync(
        IUserKeys keys, string uuid, string? creator, string? name, string? description, TimeSpan deadline, CancellationToken cancellation = default) =>
        ChangeAsync(
            keys, uuid, creator, group => Answer<Group>.Of(group with { Name = name ?? group.Name, Description = description ?? group.Description }), network.Within(deadline), cancellation);

    /// <summary>Adds a member. Creator or member.</summary>
    /// <returns>AlreadyExists when it is one; else as <see cref="UpdateAsync"/>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<Group>> AddMemberAsync(IUserKeys keys, string uuid, string? creator, string member, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (UserFingerprint.Normalise(member) is not { } added) return Task.FromResult(Answer<Group>.No(ResultCode.InvalidParameter));
        return ChangeAsync(
            keys,
            uuid,
            creator,
            group => group.Members.Contains(added) ? Answer<Group>.No(ResultCode.AlreadyExists) : Answer<Group>.Of(group with { Members = [.. group.Members, added] }),
            network.Within(deadline),
            cancellation);
    }

    /// <summary>Removes a member: the creator any other, a member itself. The creator cannot leave; it deletes.</summary>
    /// <returns>NotFound when it is none; else as <see cref="UpdateAsync"/>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<Group>> RemoveMemberAsync(IUserKeys keys, string uuid, string? creator, string member, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (UserFingerprint.Normalise(member) is not { } removed) return Task.FromResult(Answer<Group>.No(ResultCode.InvalidParameter));
        return ChangeAsync(keys, uuid, creator, Remove, network.Within(deadline), cancellation);

        Answer<Group> Remove(Group group)
        {
            if (!group.Members.Contains(removed)) return Answer<Group>.No(ResultCode.NotFound);
            bool mayRemove = keys.Fingerprint == group.Creator || removed == keys.Fingerprint;
            if (!mayRemove || removed == group.Creator) return Answer<Group>.No(ResultCode.AuthenticationFailed);
            return Answer<Group>.Of(group with { Members = [.. group.Members.Where(other => other != removed)] });
        }
    }

    /// <summary>Notes that the group's key has a new version. Creator only.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<Group>> SetKeyVersionAsync(IUserKeys keys, string uuid, uint keyVersion, TimeSpan deadline, CancellationToken cancellation = default) =>
        ChangeAsync(
            keys,
            uuid,
            keys.Fingerprint,
            group => group.Creator == keys.Fingerprint ? Answer<Group>.Of(group with { KeyVersion = keyVersion }) : Answer<Group>.No(ResultCode.AuthenticationFailed),
            network.Within(deadline),
            cancellation);

    /// <summary>Deletes a group for ever. Creator only.</summary>
    /// <returns>AuthenticationFailed for others; else as <see cref="UpdateAsync"/>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<Group>> DeleteAsync(IUserKeys keys, string uuid, TimeSpan deadline, CancellationToken cancellation = default) =>
        ChangeAsync(
            keys,
            uuid,
            keys.Fingerprint,
            group => group.Creator == keys.Fingerprint
                ? Answer<Group>.Of(group with { IsDeleted = true, Name = "", Description = "", Members = [] })
                : Answer<Group>.No(ResultCode.AuthenticationFailed),
            network.Within(deadline),
            cancellation);

    public void Dispose() => _locks.Dispose();

    private Task<Answer<Group>> GetAsync(string uuid, string? creator, Freshness freshness, Deadline deadline, CancellationToken cancellation)
    {
        if (!Guid.TryParseExact(uuid, "D", out Guid id)) return Task.FromResult(Answer<Group>.No(ResultCode.InvalidParameter));
        string name = id.ToString("D");
        return caches is null
            ? SearchAsync(name, creator, deadline, cancellation)
            : caches.Groups.GetAsync(
                RecordCaches.GroupKey(name, creator), freshness, (left, token) => SearchAsync(name, creator, network.Within(left), token), deadline.Left, cancellation);
    }

    private async Task<Answer<Group>> SearchAsync(string name, string? creator, Deadline deadline, CancellationToken cancellation)
    {
        RecordsFound found = await network.GetAllAsync(DnaKeys.Group(name), deadline, cancellation).ConfigureAwait(false);
        var versions = new List<Group>();
        foreach (VerifiedValue value in found.Values)
        {
            if (GroupCodec.Read(value.Data.Span, network.Suites, name, out Group? version) == RecordStatus.Ok) versions.Add(version!);
        }

        if (GroupRules.Choose(versions, creator) is { } group) return group.IsDeleted ? Answer<Group>.No(ResultCode.NotFound) : Answer<Group>.Of(group);
        return Answer<Group>.No(found is { Code: ResultCode.Success, IsComplete: true } ? ResultCode.AuthenticationFailed : found.Missing);
    }

    private async Task<Answer<Group>> ChangeAsync(
        IUserKeys keys, string uuid, string? creator, Func<Group, Answer<Group>> change, Deadline deadline, CancellationToken cancellation)
    {
        using IDisposable? turn = await _locks.EnterAsync(uuid, deadline, cancellation).ConfigureAwait(false);
        if (turn is null) return Answer<Group>.No(ResultCode.Timeout);
        Answer<Group> present = await GetAsync(uuid, creator, Freshness.Fresh, deadline, cancellation).ConfigureAwait(false);
        if (present.Value is not { } group) return present;
        bool isCreator = keys.Fingerprint == group.Creator;
        // A group that its creator never signed is signed by nobody else either: no reader would count it.
        if (!isCreator && (!group.IsSigned || !group.Members.Contains(keys.Fingerprint))) return Answer<Group>.No(ResultCode.AuthenticationFailed);
        Answer<Group> changed = change(group);
        if (changed.Value is not { } next) return changed;
        if (NextVersion(group, isCreator) is not { } version) return Answer<Group>.No(ResultCode.OutOfMemory);
        uint since = isCreator ? 0 : group.VersionsSinceCreator + 1;
        return await PutAsync(keys, next with { Version = version, VersionsSinceCreator = since }, deadline, cancellation).ConfigureAwait(false);
    }

    /// <returns>Null when no reader would count a higher one.</returns>
    private static uint? NextVersion(Group present, bool isCreator)
    {
        if (!isCreator && present.VersionsSinceCreator >= GroupRules.MemberVersionsMax) return null;
        if (present.Version < uint.MaxValue) return present.Version + 1;
        // Anybody can have written what nobody signed: the first signed version counts whatever its number.
        return present.IsSigned ? null : 1;
    }

    private async Task<Answer<Group>> PutAsync(IUserKeys keys, Group group, Deadline deadline, CancellationToken cancellation)
    {
        if (!group.IsDeleted && !GroupCodec.IsWritable(group)) return Answer<Group>.No(ResultCode.InvalidParameter);
        Group signed = GroupCodec.Sign(keys, group);
        // Signed versions live a year: a group whose members are away for a week is still there.
        RecordPut put = await network.PutSharedAsync(DnaKeys.Group(group.Uuid), TypeRegistry.Year, GroupCodec.Write(signed), deadline, cancellation).ConfigureAwait(false);
        Remember(signed, put.IsSuccess);
        return put.IsSuccess ? Answer<Group>.Of(signed) : Answer<Group>.No(put.Report.Code);
    }

    private void Remember(Group group, bool isTaken)
    {
        // Whoever knows no creator may see another's group.
        caches?.Groups.Invalidate(RecordCaches.GroupKey(group.Uuid, null));
        if (isTaken && !group.IsDeleted) caches?.Groups.Put(RecordCaches.GroupKey(group.Uuid, group.Creator), group);
        else caches?.Groups.Invalidate(RecordCaches.GroupKey(group.Uuid, group.Creator));
    }
}
