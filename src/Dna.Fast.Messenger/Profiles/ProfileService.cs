using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;

namespace Dna.Fast.Messenger;

/// <summary>Reads anybody's profile and writes our own (DNA layer, section 9.4).</summary>
/// <remarks>
/// Any thread; changes of one user follow one another. A deadline covers a whole call. A profile that could not be read is never taken for one that does not exist: nothing is written over it.
/// </remarks>
/// <param name="caches">Null: every call asks the network.</param>
public sealed class ProfileService(RecordNetwork network, RecordCaches? caches = null) : IDisposable
{
    private readonly KeyLocks _locks = new();

    /// <summary>The newest valid profile of a user among all that anybody put under the user's key.</summary>
    /// <param name="fingerprint">128 hex digits of either case.</param>
    /// <param name="trustUnsignedDisplay">True keeps display fields of profiles that old clients signed without them: anybody can have changed those.</param>
    /// <returns>NotFound; AuthenticationFailed when only profiles that are not the user's are there; NetworkError and Timeout when it is not known.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<Profile>> LoadAsync(string fingerprint, TimeSpan deadline, bool trustUnsignedDisplay = false, CancellationToken cancellation = default) =>
        trustUnsignedDisplay ? SearchAsync(fingerprint, network.Within(deadline), trustUnsignedDisplay, cancellation) : LoadAsync(fingerprint, Freshness.Cached, deadline, cancellation);

    /// <summary>As <see cref="LoadAsync(string, TimeSpan, bool, CancellationToken)"/> without trust in unsigned display fields, and says whether a cached one will do.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<Profile>> LoadAsync(string fingerprint, Freshness freshness, TimeSpan deadline, CancellationToken cancellation = default) =>
        LoadAsync(fingerprint, freshness, network.Within(deadline), cancellation);

    /// <summary>Changes our own profile: reads it, changes it, signs it, and puts it with a later timestamp and the next version. Where there is none yet, it begins with an empty one.</summary>
    /// <param name="change">May be called more than once; what it does to fingerprint, keys, timestamp, version and signatures does not count.</param>
    /// <returns>InvalidParameter when the changed profile breaks a rule (<see cref="ProfileRules"/>); NetworkError or Timeout when the present one cannot be read.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<PutReport> UpdateAsync(IUserKeys keys, Func<Profile, Profile> change, TimeSpan deadline, CancellationToken cancellation = default) =>
        UpdateAsync(keys, change, network.Within(deadline), cancellation);

    /// <summary>What a user showed before there were unified identities; the newest one.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<Answer<OldProfile>> LoadDeprecatedAsync(string fingerprint, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (UserFingerprint.Normalise(fingerprint) is not { } name) return Answer<OldProfile>.No(ResultCode.InvalidParameter);
        RecordsFound found = await network.GetAllAsync(DnaKeys.OldProfile(name), network.Within(deadline), cancellation).ConfigureAwait(false);
        OldProfile? newest = null;
        foreach (VerifiedValue value in found.Values)
        {
            if (OldProfileCodec.Read(value.Data.Span, out OldProfile? profile) == RecordStatus.Ok && (newest is null || profile!.UpdatedAt > newest.UpdatedAt)) newest = profile;
        }

        return newest is null ? Answer<OldProfile>.No(found.Missing) : Answer<OldProfile>.Of(newest);
    }

    public void Dispose() => _locks.Dispose();

    internal Task<Answer<Profile>> LoadAsync(string fingerprint, Freshness freshness, Deadline deadline, CancellationToken cancellation) =>
        caches is null || UserFingerprint.Normalise(fingerprint) is not { } name
            ? SearchAsync(fingerprint, deadline, trustUnsignedDisplay: false, cancellation)
            : caches.Profiles.GetAsync(name, freshness, (left, token) => SearchAsync(name, network.Within(left), trustUnsignedDisplay: false, token), deadline.Left, cancellation);

    private async Task<Answer<Profile>> SearchAsync(string fingerprint, Deadline deadline, bool trustUnsignedDisplay, CancellationToken cancellation)
    {
        if (UserFingerprint.Normalise(fingerprint) is not { } name) return Answer<Profile>.No(ResultCode.InvalidParameter);
        RecordsFound found = await network.GetAllAsync(DnaKeys.Profile(name), deadline, cancellation).ConfigureAwait(false);
        Profile? newest = null;
        // Of two that are equally new the one that this client put: it alone is whole, with the fields that nobody signs.
        foreach (VerifiedValue value in found.Values.OrderByDescending(IsOurs))
        {
            // What this client put needs no signature of ours to be trusted.
            bool isTrusted = trustUnsignedDisplay || IsOurs(value);
            if (ProfileCodec.ReadVerified(value.Data.Span, network.Suites, name, isTrusted, out Profile? profile) == RecordStatus.Ok && IsNewer(profile!, newest)) newest = profile;
        }

        if (newest is not null) return Answer<Profile>.Of(newest);
        return Answer<Profile>.No(found is { Code: ResultCode.Success, IsComplete: true } ? ResultCode.AuthenticationFailed : found.Missing);
    }

    internal async Task<PutReport> UpdateAsync(IUserKeys keys, Func<Profile, Profile> change, Deadline deadline, CancellationToken cancellation)
    {
        using IDisposable? turn = await _locks.EnterAsync(keys.Fingerprint, deadline, cancellation).ConfigureAwait(false);
        if (turn is null) return PutReport.No(ResultCode.Timeout);
        Answer<Profile> present = await LoadAsync(keys.Fingerprint, Freshness.Fresh, deadline, cancellation).ConfigureAwait(false);
        // Forged ones under our key do not keep us from writing ours; not knowing does.
        if (present.Code is not (ResultCode.Success or ResultCode.NotFound or ResultCode.AuthenticationFailed)) return PutReport.No(present.Code);
        Profile before = present.Value ?? new Profile { Fingerprint = keys.Fingerprint, SigningKey = keys.SigningKey, EncryptionKey = keys.EncryptionKey, CreatedAt = network.Now };
        ulong now = Math.Max(network.Now, before.Timestamp + 1);
        Profile changed = change(before) with { Timestamp = now, UpdatedAt = now, Version = before.Version + 1 };
        if (ProfileRules.Check(changed) != ProfileProblem.None) return PutReport.No(ResultCode.InvalidParameter);
        Profile signed = ProfileCodec.Sign(keys, changed);
        RecordPut put = await network.PutOwnAsync(DnaKeys.Profile(keys.Fingerprint), TypeRegistry.Year, ProfileCodec.Write(signed), deadline, cancellation).ConfigureAwait(false);
        if (put.IsSuccess) caches?.Profiles.Put(keys.Fingerprint, signed);
        // Some nodes may have taken it.
        else caches?.Profiles.Invalidate(keys.Fingerprint);
        return put.Report;
    }

    private bool IsOurs(VerifiedValue value) => value.IsSigned && value.OwnerId == network.Dht.OwnerId;

    // Of two with one time the one whose display fields are proved: a copy may have had them changed.
    private static bool IsNewer(Profile profile, Profile? than) =>
        than is null || profile.Timestamp > than.Timestamp || (profile.Timestamp == than.Timestamp && !profile.DisplaySignature.IsEmpty && than.DisplaySignature.IsEmpty);
}
