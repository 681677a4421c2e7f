using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;

namespace Dna.Fast.Messenger;

/// <summary>Asks others to be contacts, and reads who asks us (DNA layer, section 15.5). Any thread; a deadline covers a whole call.</summary>
public sealed class ContactRequestService(RecordNetwork network)
{
    /// <summary>Requests that are verified: anybody can put one.</summary>
    public const int RequestsMax = 256;

    /// <summary>Asks a user; a request of ours that is there already is replaced.</summary>
    /// <param name="recipient">Fingerprint.</param>
    /// <param name="name">At most 47 bytes.</param>
    /// <param name="message">At most 255 bytes.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<PutReport> SendAsync(IUserKeys keys, string recipient, string name, string message, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (UserFingerprint.Normalise(recipient) is not { } to || ContactRequestCodec.Sign(keys, to, name, message, network.Now) is not { } data)
            return PutReport.No(ResultCode.InvalidParameter);
        Deadline within = network.Within(deadline);
        RecordPut put = await network.PutAsync(
            DnaKeys.ContactRequests(to), DnaKeys.RequestValueId(keys.Fingerprint), TypeRegistry.SevenDays, data, within, cancellation).ConfigureAwait(false);
        return put.Report;
    }

    /// <summary>Who asks us: of each sender the newest request that is genuine and has not expired, newest first.</summary>
    /// <param name="recipient">Our fingerprint.</param>
    /// <returns>Success, also with none; NetworkError and Timeout when it is not known.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<Answer<IReadOnlyList<ContactRequest>>> ListAsync(string recipient, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (UserFingerprint.Normalise(recipient) is not { } to) return Answer<IReadOnlyList<ContactRequest>>.No(ResultCode.InvalidParameter);
        RecordsFound found = await network.GetAllAsync(DnaKeys.ContactRequests(to), network.Within(deadline), cancellation).ConfigureAwait(false);
        if (found.Code is not (ResultCode.Success or ResultCode.NotFound)) return Answer<IReadOnlyList<ContactRequest>>.No(found.Code);
        var requests = new List<ContactRequest>();
        foreach (VerifiedValue value in found.Values.Take(RequestsMax))
        {
            if (ContactRequestCodec.ReadVerified(value.Data.Span, network.Suites, to, network.Now, out ContactRequest? request) == RecordStatus.Ok) requests.Add(request!);
        }

        ContactRequest[] newest = [.. requests.OrderByDescending(request => request.Timestamp).DistinctBy(request => request.Sender)];
        return Answer<IReadOnlyList<ContactRequest>>.Of(newest);
    }
}
