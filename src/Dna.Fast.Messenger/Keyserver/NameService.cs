using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;

namespace Dna.Fast.Messenger;

/// <summary>Whose a name is (DNA layer, section 8.3). An alias proves nothing: it counts only where the profile it leads to claims the name, rightly signed and in time.</summary>
/// <remarks>Any thread. Of several users who claim a name whoever registered it first has it. A deadline covers a whole call.</remarks>
/// <param name="caches">Null: every call asks the network.</param>
public sealed class NameService(RecordNetwork network, ProfileService profiles, RecordCaches? caches = null)
{
    /// <summary>Aliases of one name that are followed: each costs a search and a verification, and anybody can put one.</summary>
    public const int CandidatesMax = 32;

    /// <summary>Seconds a name is registered for (section 8.3).</summary>
    public const ulong RegistrationSeconds = 31_536_000;

    /// <summary>What stands in a profile where a payment would be named.</summary>
    private const string FreeTransaction = "FREE_REGISTRATION";

    private const string FreeNetwork = "DNA_NETWORK";

    /// <summary>The profile of whoever has a name.</summary>
    /// <returns>InvalidParameter for what cannot be a name; NotFound when nobody has it, also when it has expired; NetworkError and Timeout when it is not known.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<Profile>> OwnerAsync(string name, TimeSpan deadline, CancellationToken cancellation = default) =>
        OwnerAsync(name, Freshness.Cached, network.Within(deadline), cancellation);

    /// <summary>As <see cref="OwnerAsync(string, TimeSpan, CancellationToken)"/>, and says whether a cached answer will do.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<Profile>> OwnerAsync(string name, Freshness freshness, TimeSpan deadline, CancellationToken cancellation = default) =>
        OwnerAsync(name, freshness, network.Within(deadline), cancellation);

    /// <summary>The name to show for a fingerprint: the registered one that has not expired, or the fingerprint's first 16 characters and three dots.</summary>
    public string DisplayName(Profile profile) =>
        profile.Name is { } name && name.IsValidAt(network.Now) ? name.Name : profile.Fingerprint[..16] + "...";

    internal async Task<Answer<Profile>> OwnerAsync(string name, Freshness freshness, Deadline deadline, CancellationToken cancellation)
    {
        if (!NameRules.MayExist(name)) return Answer<Profile>.No(ResultCode.InvalidParameter);
        if (caches is null || freshness == Freshness.Fresh) return await SearchAsync(name, deadline, cancellation).ConfigureAwait(false);
        Answer<string> owner = await caches.Names.GetAsync(name, freshness, SearchFingerprintAsync, deadline.Left, cancellation).ConfigureAwait(false);
        if (owner.Value is not { } fingerprint) return Answer<Profile>.No(owner.Code);
        Answer<Profile> profile = await profiles.LoadAsync(fingerprint, freshness, deadline, cancellation).ConfigureAwait(false);
        if (profile.Value is { } present && Claims(present, NameRules.Canonical(name))) return profile;
        // The claim ended, or was given up.
        caches.Names.Invalidate(name);
        return await SearchAsync(name, deadline, cancellation).ConfigureAwait(false);

        async Task<Answer<string>> SearchFingerprintAsync(TimeSpan left, CancellationToken token)
        {
            Answer<Profile> found = await SearchAsync(name, network.Within(left), token).ConfigureAwait(false);
            return new Answer<string>(found.Code, found.Value?.Fingerprint);
        }
    }

    private async Task<Answer<Profile>> SearchAsync(string name, Deadline deadline, CancellationToken cancellation)
    {
        string canonical = NameRules.Canonical(name);
        // The original's lookup knows the typed form only, and it may have written no other.
        string[] forms = name == canonical ? [canonical] : [canonical, name];
        RecordsFound[] found = await Task.WhenAll(forms.Select(form => network.GetAllAsync(DnaKeys.Alias(form), deadline, cancellation))).ConfigureAwait(false);
        string[] candidates = [.. found.SelectMany(records => records.Values).Select(Read).OfType<string>().Distinct().Take(CandidatesMax)];
        Answer<Profile>[] loaded = await Task.WhenAll(
            candidates.Select(fingerprint => profiles.LoadAsync(fingerprint, Freshness.Fresh, deadline, cancellation))).ConfigureAwait(false);
        Profile? owner = loaded.Select(answer => answer.Value).OfType<Profile>().Where(profile => Claims(profile, canonical))
            .OrderBy(profile => profile.Name!.RegisteredAt).ThenBy(profile => profile.Fingerprint, StringComparer.Ordinal).FirstOrDefault();
        if (owner is not null) return Answer<Profile>.Of(owner);
        ResultCode[] unknown = [.. found.Select(records => records.Missing).Concat(loaded.Select(answer => answer.Code)).Where(code => code is ResultCode.NetworkError or ResultCode.Timeout)];
        return Answer<Profile>.No(unknown.Length > 0 ? unknown[0] : ResultCode.NotFound);
    }

    /// <summary>The profile of a name or a fingerprint.</summary>
    internal Task<Answer<Profile>> ProfileAsync(string nameOrFingerprint, Freshness freshness, Deadline deadline, CancellationToken cancellation) =>
        UserFingerprint.Normalise(nameOrFingerprint) is { } fingerprint
            ? profiles.LoadAsync(fingerprint, freshness, deadline, cancellation)
            : OwnerAsync(nameOrFingerprint, freshness, deadline, cancellation);

    /// <summary>Makes our profile claim a name that nobody else has.</summary>
    internal async Task<PutReport> ClaimAsync(IUserKeys keys, string name, Deadline deadline, CancellationToken cancellation)
    {
        if (!NameRules.MayRegister(name)) return PutReport.No(ResultCode.InvalidParameter);
        if (await RefusalAsync(keys, name, deadline, cancellation).ConfigureAwait(false) is { } refusal) return refusal;
        return await profiles.UpdateAsync(keys, Claim, deadline, cancellation).ConfigureAwait(false);

        Profile Claim(Profile profile)
        {
            ulong now = network.Now;
            // Who registers what is registered keeps the dates: the first registration is the claim.
            if (profile.Name is { } present && Claims(profile, NameRules.Canonical(name))) return profile with { Name = present with { Name = name } };
            return profile with { Name = new RegisteredName(name, now, now + RegistrationSeconds, FreeTransaction, FreeNetwork, 1) };
        }
    }

    internal async Task<(PutReport Report, string Name)> RenewAsync(IUserKeys keys, Deadline deadline, CancellationToken cancellation)
    {
        Answer<Profile> present = await profiles.LoadAsync(keys.Fingerprint, Freshness.Fresh, deadline, cancellation).ConfigureAwait(false);
        if (present.Value?.Name is not { } name) return (PutReport.No(present.IsSuccess ? ResultCode.NotFound : present.Code), "");
        if (await RefusalAsync(keys, name.Name, deadline, cancellation).ConfigureAwait(false) is { } refusal) return (refusal, name.Name);
        return (await profiles.UpdateAsync(keys, Renew, deadline, cancellation).ConfigureAwait(false), name.Name);

        Profile Renew(Profile profile)
        {
            RegisteredName old = profile.Name ?? name;
            bool isValid = old.IsValidAt(network.Now);
            // A claim that had ended begins anew: somebody may have had the name in between.
            return profile with
            {
                Name = old with
                {
                    RegisteredAt = isValid ? old.RegisteredAt : network.Now,
                    ExpiresAt = (isValid ? old.ExpiresAt : network.Now) + RegistrationSeconds,
                    Version = old.Version + 1,
                },
            };
        }
    }

    internal async Task<PutReport> PutAliasesAsync(string fingerprint, string name, Deadline deadline, CancellationToken cancellation)
    {
        byte[] alias = AliasCodec.Write(fingerprint);
        string canonical = NameRules.Canonical(name);
        string[] forms = name == canonical ? [canonical] : [canonical, name];
        RecordPut[] puts = await Task.WhenAll(
            forms.Select(form => network.PutOwnAsync(DnaKeys.Alias(form), TypeRegistry.Year, alias, deadline, cancellation))).ConfigureAwait(false);
        foreach (string form in forms) caches?.Names.Invalidate(form);
        return PutReport.Worst([.. puts.Select(put => put.Report)]);
    }

    /// <summary>Null when a name is free or ours.</summary>
    private async Task<PutReport?> RefusalAsync(IUserKeys keys, string name, Deadline deadline, CancellationToken cancellation)
    {
        Answer<Profile> owner = await OwnerAsync(name, Freshness.Fresh, deadline, cancellation).ConfigureAwait(false);
        if (owner.Value is { } taken) return taken.Fingerprint == keys.Fingerprint ? null : PutReport.No(ResultCode.AlreadyExists);
        return owner.Code == ResultCode.NotFound ? null : PutReport.No(owner.Code);
    }

    private bool Claims(Profile profile, string canonical) =>
        profile.Name is { } name && NameRules.Canonical(name.Name) == canonical && name.IsValidAt(network.Now);

    private static string? Read(VerifiedValue value) => AliasCodec.Read(value.Data.Span, out string? fingerprint) == RecordStatus.Ok ? fingerprint : null;
}
