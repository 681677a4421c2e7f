using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;

namespace Dna.Fast.Messenger;

/// <summary>Who is who: publishes our keys and finds others' (DNA layer, section 8).</summary>
/// <remarks>
/// Any thread. A deadline covers a whole call. Every reader looks at the values of all owners and takes the newest that is the asked user's by three comparisons at once: the
/// fingerprint in the entry, the fingerprint that was asked for, and the hash of the key that signed it.
/// </remarks>
/// <param name="caches">Null: every call asks the network.</param>
public sealed class KeyserverService(RecordNetwork network, NameService names, RecordCaches? caches = null)
{
    /// <summary>Publishes our public keys and our reverse entry.</summary>
    /// <param name="name">The name to show; null for the fingerprint.</param>
    /// <returns>The worse of the two puts. When the present entry cannot be read, nothing is written: its version is not known.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<PutReport> PublishAsync(IUserKeys keys, string? name, TimeSpan deadline, CancellationToken cancellation = default) =>
        PublishAsync(keys, name, network.Within(deadline), cancellation);

    /// <summary>The public keys of a user.</summary>
    /// <param name="nameOrFingerprint">128 hex digits, or a name, of which case does not count.</param>
    /// <returns>InvalidParameter for what can be neither; NotFound; AuthenticationFailed when only entries that are not the user's are there; NetworkError and Timeout when it is not known.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<PublicKeyEntry>> LookupAsync(string nameOrFingerprint, TimeSpan deadline, CancellationToken cancellation = default) =>
        LookupAsync(nameOrFingerprint, Freshness.Cached, deadline, cancellation);

    /// <summary>As <see cref="LookupAsync(string, TimeSpan, CancellationToken)"/>, and says whether a cached entry will do.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<Answer<PublicKeyEntry>> LookupAsync(string nameOrFingerprint, Freshness freshness, TimeSpan deadline, CancellationToken cancellation = default)
    {
        Deadline within = network.Within(deadline);
        if (UserFingerprint.Normalise(nameOrFingerprint) is not { } fingerprint)
        {
            Answer<Profile> owner = await names.OwnerAsync(nameOrFingerprint, freshness, within, cancellation).ConfigureAwait(false);
            if (owner.Value is not { } profile) return Answer<PublicKeyEntry>.No(owner.Code);
            fingerprint = profile.Fingerprint;
        }

        return await EntryAsync(fingerprint, freshness, within, cancellation).ConfigureAwait(false);
    }

    /// <summary>Who a fingerprint says it is: the newest valid reverse entry.</summary>
    /// <returns>As <see cref="LookupAsync(string, TimeSpan, CancellationToken)"/>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<Answer<ReverseEntry>> ReverseAsync(string fingerprint, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (UserFingerprint.Normalise(fingerprint) is not { } user) return Answer<ReverseEntry>.No(ResultCode.InvalidParameter);
        RecordsFound found = await network.GetAllAsync(DnaKeys.Reverse(user), network.Within(deadline), cancellation).ConfigureAwait(false);
        ReverseEntry? newest = null;
        foreach (VerifiedValue value in found.Values)
        {
            if (ReverseCodec.ReadVerified(value.Data.Span, network.Suites, user, out ReverseEntry? entry) == RecordStatus.Ok && (newest is null || entry!.Timestamp > newest.Timestamp))
                newest = entry;
        }

        return newest is null ? Answer<ReverseEntry>.No(NoneValid(found)) : Answer<ReverseEntry>.Of(newest);
    }

    /// <summary>Registers a name: free, and paid by nobody, as the original client does it.</summary>
    /// <remarks>Writes the profile that claims the name, then the keys, the reverse entry and the alias, in lower case and as it was typed. A name that is ours already is written again and keeps its dates.</remarks>
    /// <returns>InvalidParameter when the name breaks the rules; AlreadyExists when somebody else has it; NetworkError or Timeout when that is not known, and then nothing is written.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<PutReport> RegisterAsync(IUserKeys keys, string name, TimeSpan deadline, CancellationToken cancellation = default)
    {
        Deadline within = network.Within(deadline);
        PutReport claimed = await names.ClaimAsync(keys, name, within, cancellation).ConfigureAwait(false);
        return claimed.IsSuccess ? await PublishNameAsync(keys, name, claimed, within, cancellation).ConfigureAwait(false) : claimed;
    }

    /// <summary>Renews the name that our profile claims for 365 days from its present end, or from now when it has ended; somebody else may have it by then.</summary>
    /// <returns>NotFound when we have none; else as <see cref="RegisterAsync"/>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<PutReport> RenewAsync(IUserKeys keys, TimeSpan deadline, CancellationToken cancellation = default)
    {
        Deadline within = network.Within(deadline);
        (PutReport renewed, string name) = await names.RenewAsync(keys, within, cancellation).ConfigureAwait(false);
        return renewed.IsSuccess ? await PublishNameAsync(keys, name, renewed, within, cancellation).ConfigureAwait(false) : renewed;
    }

    /// <summary>The address of a user's wallet.</summary>
    /// <param name="walletNetwork">A name out of <see cref="NamedTexts.NoWallets"/>: <c>btc</c>, <c>backbone</c> and so on.</param>
    /// <returns>NotFound when the user has none there; else as <see cref="LookupAsync(string, TimeSpan, CancellationToken)"/>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<Answer<string>> AddressAsync(string nameOrFingerprint, string walletNetwork, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (!NamedTexts.NoWallets.All.Any(field => field.Name == walletNetwork)) return Answer<string>.No(ResultCode.InvalidParameter);
        Answer<Profile> user = await names.ProfileAsync(nameOrFingerprint, Freshness.Cached, network.Within(deadline), cancellation).ConfigureAwait(false);
        if (user.Value is not { } profile) return Answer<string>.No(user.Code);
        string address = profile.Wallets[walletNetwork];
        return address.Length == 0 ? Answer<string>.No(ResultCode.NotFound) : Answer<string>.Of(address);
    }

    /// <param name="fingerprint">Lower-case hex digits.</param>
    internal Task<Answer<PublicKeyEntry>> EntryAsync(string fingerprint, Freshness freshness, Deadline deadline, CancellationToken cancellation) =>
        caches is null
            ? SearchAsync(fingerprint, deadline, cancellation)
            : caches.Keys.GetAsync(fingerprint, freshness, (left, token) => SearchAsync(fingerprint, network.Within(left), token), deadline.Left, cancellation);

    private async Task<Answer<PublicKeyEntry>> SearchAsync(string fingerprint, Deadline deadline, CancellationToken cancellation)
    {
        RecordsFound found = await network.GetAllAsync(DnaKeys.PublicKeys(fingerprint), deadline, cancellation).ConfigureAwait(false);
        PublicKeyEntry? newest = null;
        foreach (VerifiedValue value in found.Values)
        {
            if (PublicKeyCodec.ReadVerified(value.Data.Span, network.Suites, fingerprint, out PublicKeyEntry? entry) == RecordStatus.Ok
                && (newest is null || (entry!.Version, entry.Timestamp).CompareTo((newest.Version, newest.Timestamp)) > 0))
                newest = entry;
        }

        return newest is null ? Answer<PublicKeyEntry>.No(NoneValid(found)) : Answer<PublicKeyEntry>.Of(newest);
    }

    private static ResultCode NoneValid(in RecordsFound found) =>
        found is { Code: ResultCode.Success, IsComplete: true } ? ResultCode.AuthenticationFailed : found.Missing;

    private async Task<PutReport> PublishAsync(IUserKeys keys, string? name, Deadline deadline, CancellationToken cancellation)
    {
        string identity = name ?? keys.Fingerprint;
        if (name is not null && !NameRules.MayExist(name)) return PutReport.No(ResultCode.InvalidParameter);
        Answer<PublicKeyEntry> present = await EntryAsync(keys.Fingerprint, Freshness.Fresh, deadline, cancellation).ConfigureAwait(false);
        if (present.Code is ResultCode.NetworkError or ResultCode.Timeout) return PutReport.No(present.Code);
        uint version = 1;
        ulong timestamp = network.Now;
        if (present.Value is { } before)
        {
            bool isSame = before.Identity == identity && before.EncryptionKey.Span.SequenceEqual(keys.EncryptionKey.Span);
            version = isSame ? before.Version : before.Version + 1;
            // A reverse entry has no version: of two that lie side by side readers take the later one.
            if (!isSame) timestamp = Math.Max(timestamp, before.Timestamp + 1);
        }

        PublicKeyEntry signed = PublicKeyCodec.Sign(keys, identity, timestamp, version);
        byte[] entry = PublicKeyCodec.Write(signed);
        byte[] reverse = ReverseCodec.Write(ReverseCodec.Sign(keys, identity, timestamp));
        RecordPut[] puts = await Task.WhenAll(
            network.PutOwnAsync(DnaKeys.PublicKeys(keys.Fingerprint), TypeRegistry.Year, entry, deadline, cancellation),
            network.PutOwnAsync(DnaKeys.Reverse(keys.Fingerprint), TypeRegistry.Year, reverse, deadline, cancellation)).ConfigureAwait(false);
        if (puts[0].IsSuccess) caches?.Keys.Put(keys.Fingerprint, signed, RecordCaches.OwnKeysTtl);
        // Some nodes may have taken it.
        else caches?.Keys.Invalidate(keys.Fingerprint);
        return PutReport.Worst([.. puts.Select(put => put.Report)]);
    }

    private async Task<PutReport> PublishNameAsync(IUserKeys keys, string name, PutReport profile, Deadline deadline, CancellationToken cancellation)
    {
        PutReport[] puts = await Task.WhenAll(
            PublishAsync(keys, name, deadline, cancellation),
            names.PutAliasesAsync(keys.Fingerprint, name, deadline, cancellation)).ConfigureAwait(false);
        return PutReport.Worst([profile, .. puts]);
    }
}
