using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;

namespace Dna.Fast.Messenger;

/// <summary>What people think of a post, as far as their votes could be verified.</summary>
/// <param name="Unknown">Votes whose voter's key could not be read: they are not counted.</param>
public sealed record VoteCount(int Up, int Down, int Unknown);

/// <summary>Votes on posts (DNA layer, section 14.3): one of each voter, counted only when verified. Any thread; a deadline covers a whole call.</summary>
public sealed class VoteService(RecordNetwork network, KeyserverService keyserver)
{
    /// <summary>Votes that are verified: each costs a look-up of its voter's key, and anybody can put some. They are taken from all records in turn, so that one full record buries nobody's vote.</summary>
    public const int VotesMax = 200;

    // Look-ups of voters' keys at a time.
    private const int InFlightMax = 16;

    /// <summary>Votes on a post. Each voter has a slot of its own.</summary>
    /// <param name="postId">As <see cref="WallPost.IdOf"/> gives it.</param>
    /// <returns>AlreadyExists when we voted before, whichever way; nothing changes then. NetworkError and Timeout: whether we did is not known, and nothing is written.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<PutReport> VoteAsync(IUserKeys keys, string postId, bool isUp, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (postId.Length is 0 or > WallPost.IdBytesMax) return PutReport.No(ResultCode.InvalidParameter);
        Deadline within = network.Within(deadline);
        (ResultCode code, List<Vote> votes) = await ReadAsync(postId, within, cancellation).ConfigureAwait(false);
        if (code is not (ResultCode.Success or ResultCode.NotFound)) return PutReport.No(code);
        if (votes.Exists(vote => vote.Voter == keys.Fingerprint && vote.IsRight(network.Suites, keys.SigningKey.Span, postId))) return PutReport.No(ResultCode.AlreadyExists);
        byte[] data = VoteCodec.Write(postId, [Vote.Sign(keys, postId, isUp, network.Now)]);
        return (await network.PutSharedAsync(DnaKeys.Votes(postId), TypeRegistry.Year, data, within, cancellation).ConfigureAwait(false)).Report;
    }

    /// <summary>Counts the votes on a post. Of several votes of one voter the first counts.</summary>
    /// <returns>Success, also with none; NetworkError and Timeout when it is not known.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<Answer<VoteCount>> CountAsync(string postId, TimeSpan deadline, CancellationToken cancellation = default)
    {
        Deadline within = network.Within(deadline);
        (ResultCode code, List<Vote> votes) = await ReadAsync(postId, within, cancellation).ConfigureAwait(false);
        if (code is not (ResultCode.Success or ResultCode.NotFound)) return Answer<VoteCount>.No(code);
        int up = 0, down = 0, unknown = 0;
        foreach (IGrouping<string, Vote>[] batch in votes.Take(VotesMax).GroupBy(vote => vote.Voter).Chunk(InFlightMax))
        {
            Answer<PublicKeyEntry>[] keys = await Task.WhenAll(batch.Select(voter => keyserver.EntryAsync(voter.Key, Freshness.Cached, within, cancellation))).ConfigureAwait(false);
            for (int i = 0; i < batch.Length; i++)
            {
                if (keys[i].Value is not { } entry)
                {
                    unknown++;
                    continue;
                }

                // Somebody else can put a forged vote in a voter's name; the genuine one beside it counts.
                Vote? first = batch[i].Where(vote => vote.IsRight(network.Suites, entry.SigningKey.Span, postId)).MinBy(vote => vote.Timestamp);
                if (first is { IsUp: true }) up++;
                else if (first is not null) down++;
            }
        }

        return Answer<VoteCount>.Of(new VoteCount(up, down, unknown));
    }

    /// <summary>All votes: first the first of each record, then the second of each, and so on.</summary>
    private async Task<(ResultCode Code, List<Vote> Votes)> ReadAsync(string postId, Deadline deadline, CancellationToken cancellation)
    {
        RecordsFound found = await network.GetAllAsync(DnaKeys.Votes(postId), deadline, cancellation).ConfigureAwait(false);
        var records = new List<List<Vote>>();
        foreach (VerifiedValue value in found.Values)
        {
            if (VoteCodec.Read(value.Data.Span, postId, out List<Vote> read) == RecordStatus.Ok) records.Add(read);
        }

        return (found.Code, InTurn.Take(records));
    }
}
