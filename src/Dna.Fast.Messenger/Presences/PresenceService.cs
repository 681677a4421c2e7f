using System.Net;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;

namespace Dna.Fast.Messenger;

/// <summary>Says where we are and asks where others are (DNA layer, section 10.3). Any thread; a deadline covers a whole call.</summary>
/// <param name="caches">Null: every call asks the network.</param>
public sealed class PresenceService(RecordNetwork network, RecordCaches? caches = null)
{
    /// <summary>Says where we can be reached; the presence we had is replaced.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<PutReport> PublishAsync(IUserKeys keys, IPAddress address, ushort port, TimeSpan deadline, CancellationToken cancellation = default)
    {
        byte[] data = PresenceCodec.Sign(keys, address, port, network.Now);
        RecordPut put = await network.PutOwnAsync(DnaKeys.Presence(keys.SigningKey.Span), TypeRegistry.SevenDays, data, network.Within(deadline), cancellation).ConfigureAwait(false);
        caches?.Presences.Invalidate(keys.Fingerprint);
        return put.Report;
    }

    /// <summary>Where a user said it can be reached: the newest signed presence; only where there is none, the newest that nobody signed, and it says so.</summary>
    /// <param name="signingKey">The user's, out of the keyserver.</param>
    /// <returns>Whether it is online is <see cref="Presence.IsOnlineAt"/>'s answer; NotFound; NetworkError and Timeout when it is not known.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<Presence>> FindAsync(ReadOnlyMemory<byte> signingKey, TimeSpan deadline, CancellationToken cancellation = default) =>
        FindAsync(signingKey, Freshness.Cached, deadline, cancellation);

    /// <summary>As <see cref="FindAsync(ReadOnlyMemory{byte}, TimeSpan, CancellationToken)"/>, and says whether a cached one will do.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<Presence>> FindAsync(ReadOnlyMemory<byte> signingKey, Freshness freshness, TimeSpan deadline, CancellationToken cancellation = default) =>
        caches is null
            ? SearchAsync(signingKey, deadline, cancellation)
            : caches.Presences.GetAsync(UserFingerprint.Of(signingKey.Span), freshness, (left, token) => SearchAsync(signingKey, left, token), deadline, cancellation);

    private async Task<Answer<Presence>> SearchAsync(ReadOnlyMemory<byte> signingKey, TimeSpan deadline, CancellationToken cancellation)
    {
        RecordsFound found = await network.GetAllAsync(DnaKeys.Presence(signingKey.Span), network.Within(deadline), cancellation).ConfigureAwait(false);
        var presences = new List<Presence>();
        foreach (VerifiedValue value in found.Values)
        {
            if (PresenceCodec.Read(value.Data.Span, network.Suites, signingKey.Span, out Presence? presence) == RecordStatus.Ok) presences.Add(presence!);
        }

        // One from the future would be the newest for ever.
        ulong latest = network.Now + Presence.ClockSkewSeconds;
        Presence? newest = presences.Where(presence => presence.Timestamp <= latest)
            .OrderByDescending(presence => presence.IsSigned).ThenByDescending(presence => presence.Timestamp).FirstOrDefault();
        return newest is null ? Answer<Presence>.No(found.Missing) : Answer<Presence>.Of(newest);
    }
}
