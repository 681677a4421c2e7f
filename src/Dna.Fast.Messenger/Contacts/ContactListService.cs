using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;

namespace Dna.Fast.Messenger;

/// <summary>Keeps a user's contacts in the network, sealed for the user alone (DNA layer, section 13).</summary>
/// <remarks>
/// Any thread; changes of one user follow one another. What is fetched is merged with what is here: a contact goes only when somebody removed it, never because a copy does not have it.
/// The end that old clients write into a list is not looked at. A deadline covers a whole call.
/// </remarks>
public sealed class ContactListService(RecordNetwork network) : IDisposable
{
    /// <summary>How often the list is read and merged again because another device of ours was first: far more devices than anybody has would have to write in the same moment.</summary>
    private const int RaceTriesMax = 8;

    private readonly KeyLocks _locks = new();

    /// <summary>Our list as the network has it: all copies that open, merged.</summary>
    /// <returns>NotFound; AuthenticationFailed when there are only copies that are not ours; NetworkError and Timeout when it is not known.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<Answer<ContactList>> FetchAsync(IUserKeys keys, TimeSpan deadline, CancellationToken cancellation = default) =>
        (await FetchAsync(keys, network.Within(deadline), cancellation).ConfigureAwait(false)).List;

    /// <summary>Merges our local list with the network's, and puts the result there.</summary>
    /// <param name="local">What this device has; <see cref="ContactList.Empty"/> on a new one.</param>
    /// <returns>The merged list; OutOfMemory when it is too long for a value; NetworkError and Timeout: nothing was written, and the local list stays as it is.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<ContactList>> SyncAsync(IUserKeys keys, ContactList local, TimeSpan deadline, CancellationToken cancellation = default) =>
        ChangeAsync(keys, local, list => list, network.Within(deadline), cancellation);

    /// <summary>Adds a contact, and syncs.</summary>
    /// <param name="contact">Fingerprint.</param>
    /// <returns>As <see cref="SyncAsync"/>; InvalidParameter.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<ContactList>> AddAsync(IUserKeys keys, ContactList local, string contact, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (UserFingerprint.Normalise(contact) is not { } fingerprint) return Task.FromResult(Answer<ContactList>.No(ResultCode.InvalidParameter));
        return ChangeAsync(keys, local, list => list.With(fingerprint), network.Within(deadline), cancellation);
    }

    /// <summary>Removes a contact everywhere, and syncs.</summary>
    /// <param name="contact">Fingerprint.</param>
    /// <returns>As <see cref="SyncAsync"/>; InvalidParameter.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<ContactList>> RemoveAsync(IUserKeys keys, ContactList local, string contact, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (UserFingerprint.Normalise(contact) is not { } fingerprint) return Task.FromResult(Answer<ContactList>.No(ResultCode.InvalidParameter));
        return ChangeAsync(keys, local, list => list.Without(fingerprint), network.Within(deadline), cancellation);
    }

    public void Dispose() => _locks.Dispose();

    /// <returns>The list, and the newest version of it that a device of ours wrote; −1: none.</returns>
    private async Task<(Answer<ContactList> List, int Version)> FetchAsync(IUserKeys keys, Deadline deadline, CancellationToken cancellation)
    {
        RecordsFound found = await network.GetAllAsync(DnaKeys.ContactList(keys.Fingerprint), deadline, cancellation).ConfigureAwait(false);
        var copies = new List<ContactList>();
        int version = -1;
        foreach (VerifiedValue value in found.Values)
        {
            if (value.IsSigned && value.OwnerId == network.Dht.OwnerId) version = Math.Max(version, value.Seq);
            if (ContactListCodec.Open(value.Data.Span, keys, out ContactList? copy) == RecordStatus.Ok) copies.Add(copy!);
        }

        if (copies.Count > 0) return (Answer<ContactList>.Of(ContactList.Merge(keys.Fingerprint, copies, copies.Max(copy => copy.Timestamp))), version);
        return (Answer<ContactList>.No(found is { Code: ResultCode.Success, IsComplete: true } ? ResultCode.AuthenticationFailed : found.Missing), version);
    }

    private async Task<Answer<ContactList>> ChangeAsync(IUserKeys keys, ContactList local, Func<ContactList, ContactList> change, Deadline deadline, CancellationToken cancellation)
    {
        using IDisposable? turn = await _locks.EnterAsync(keys.Fingerprint, deadline, cancellation).ConfigureAwait(false);
        if (turn is null) return Answer<ContactList>.No(ResultCode.Timeout);
        for (int attempt = 1; ; attempt++)
        {
            (Answer<ContactList> present, int version) = await FetchAsync(keys, deadline, cancellation).ConfigureAwait(false);
            if (present.Code is ResultCode.NetworkError or ResultCode.Timeout) return present;
            ContactList[] copies = present.Value is { } fetched ? [local, fetched] : [local];
            ulong now = Math.Max(network.Now, copies.Max(copy => copy.Timestamp) + 1);
            ContactList merged = change(ContactList.Merge(keys.Fingerprint, copies, now));
            if (ContactListCodec.Seal(keys, merged) is not { } data) return Answer<ContactList>.No(ResultCode.CryptographyFailed);
            // Only in the place of the version that was merged: another device's contacts must not go by a write of this one.
            RecordPut put = await network.PutOwnAsync(DnaKeys.ContactList(keys.Fingerprint), TypeRegistry.Year, data, deadline, cancellation, version).ConfigureAwait(false);
            if (put.IsSuccess) return Answer<ContactList>.Of(merged);
            if (!put.IsOutdated || attempt == RaceTriesMax) return Answer<ContactList>.No(put.Report.Code);
        }
    }
}
