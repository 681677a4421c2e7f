using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity;

/// <summary>The backup of a user's DHT identity in the network, under <c>FINGERPRINT:dht_identity</c> (DNA layer, section 5.2). Any thread.</summary>
/// <remarks>
/// Whoever knows a user's public key can seal an identity of his own to it and put it there, so a backup proves nothing about who wrote it. The choice among several is:
/// first those whose identity the caller expects; then those that were put by the identity they hold, as the original does it; then the one with the youngest certificate that
/// is not of the future; then the one with the highest seq. The result says whether there were several identities and whether the one chosen was expected, and warns when it was not.
/// </remarks>
public static class NetworkBackup
{
    /// <summary>The value id the original uses.</summary>
    public const ulong ValueId = 1;

    /// <summary>Values that are tried at most: strangers may put there what they like, and each costs a decapsulation, a fraction of a millisecond.</summary>
    private const int TriedMax = 4_096;

    /// <summary>Values that are imported at most: those sealed to this user, which cost some milliseconds each.</summary>
    private const int OpenedMax = 256;

    /// <summary>Least bytes that are sealed: an RSA-1024 key in PEM takes 880, the smallest certificate of it 400.</summary>
    private const int PlainBytesMin = 1_024;

    /// <summary>Most bytes that are sealed: an RSA-8192 key in PEM takes 6,400, a certificate of it 3,200; that leaves room for eight.</summary>
    private const int PlainBytesMax = 32 * 1_024;

    /// <summary>Where a user's backup lies: SHA-1 of the 64 bytes of SHA3-512 of <c>FINGERPRINT:dht_identity</c>.</summary>
    public static InfoHash KeyOf(string fingerprint)
    {
        Span<byte> raw = stackalloc byte[Sha3.Bytes512];
        Sha3.Hash512(Encoding.ASCII.GetBytes(fingerprint + ":dht_identity"), raw);
        return InfoHash.Of(raw);
    }

    /// <summary>Puts the backup, signed by the identity that it holds, for 365 days, and announces it until the result is disposed.</summary>
    /// <param name="dht">With that identity.</param>
    /// <exception cref="ArgumentException"><paramref name="dht"/> signs with another identity: its backup would be one nobody takes for this user's.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Task<SecurePermanentPut> PublishAsync(
        ISecureDht dht, IUserKeys user, RsaIdentity identity, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (dht.OwnerId != identity.KeyId) throw new ArgumentException("the network signs with another identity than the one to be backed up", nameof(dht));
        var value = new NewSecureValue { Id = ValueId, Type = TypeRegistry.Year, Data = BackupBlob.Seal(user, identity) };
        return dht.PutSignedPermanentAsync(KeyOf(user.Fingerprint), value, deadline, cancellation);
    }

    /// <summary>Reads all backups, opens what opens, and chooses.</summary>
    /// <param name="dht">With any identity or none.</param>
    /// <param name="expected">Key ids of identities that are known to be this user's: derived from his seed, or owners of records that his own signature proves. May be empty.</param>
    /// <param name="folder">Where the chosen backup is kept as a file too when it is expected; null: nowhere. A file that cannot be written is told in the message only.</param>
    /// <param name="time">For what is of the future.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async Task<BackupResult> FetchAsync(
        ISecureDht dht, IUserKeys user, IReadOnlyCollection<InfoHash> expected, string? folder, TimeProvider time, TimeSpan deadline, CancellationToken cancellation = default)
    {
        SecureGetAnswer answer = await dht.GetAllAsync(KeyOf(user.Fingerprint), default, deadline, cancellation).ConfigureAwait(false);
        if (answer.Values.Count == 0)
        {
            return answer.Status switch
            {
                GetAnswerStatus.Unreachable => BackupResult.Failed(BackupStatus.Unreachable, "no node of the network answered: try again, or name another bootstrap"),
                GetAnswerStatus.TimedOut => BackupResult.Failed(BackupStatus.TimedOut, "the network did not answer in time: try again with more time"),
                _ => BackupResult.Failed(BackupStatus.Absent, "the network has no backup of this user's DHT identity"),
            };
        }

        VerifiedValue[] likely = BestFirst(answer.Values, expected, user);
        DateTimeOffset now = time.GetUtcNow();
        var opened = new List<Candidate>();
        int tried = 0, forUs = 0;
        while (tried < likely.Length && tried < TriedMax && forUs < OpenedMax)
        {
            VerifiedValue value = likely[tried++];
            RsaIdentity? identity = BackupBlob.Open(user, value.Data.Span, out bool isForUs);
            if (isForUs) forUs++;
            if (identity is not null) opened.Add(new Candidate(value, identity, expected.Contains(identity.KeyId), StartOf(identity, now)));
        }

        int count = answer.Values.Count;
        if (opened.Count > 0) return Choose(opened, count, folder, user);
        string rest = Rest(answer, likely.Length, tried);
        return forUs > 0
            ? BackupResult.Failed(BackupStatus.Damaged, $"of the {tried} values in the network that were tried {forUs} open, but none holds a whole DHT identity{rest}", count)
            : BackupResult.Failed(BackupStatus.NotOurs, $"none of the {tried} values in the network that were tried opens with this user's keys: is it the right mnemonic?{rest}", count);
    }

    /// <summary>What can be a backup, the likely ones first: a stranger who fills the place can name no expected owner.</summary>
    private static VerifiedValue[] BestFirst(IReadOnlyList<VerifiedValue> values, IReadOnlyCollection<InfoHash> expected, IUserKeys user)
    {
        int overhead = user.Suite.SealBlob(user.EncryptionKey.Span, default)!.Length;
        return
        [
            .. values
                .Where(value => value.Data.Length - overhead is >= PlainBytesMin and <= PlainBytesMax)
                .OrderByDescending(value => value.IsSigned && expected.Contains(value.OwnerId))
                .ThenByDescending(value => value.IsSigned)
                .ThenByDescending(value => value.Id == ValueId)
                .ThenBy(value => value.Data.Length),
        ];
    }

    /// <summary>What was not looked at, as the end of a sentence.</summary>
    private static string Rest(SecureGetAnswer answer, int likely, int tried)
    {
        int unlikely = answer.Values.Count - likely, left = likely - tried;
        string text = unlikely > 0 ? $"; {unlikely} more can be no backup by their size" : "";
        if (left > 0) text += $"; {left} more were not tried, because strangers put so many there";
        return answer.IsComplete ? text : text + "; and the network did not tell all in time: try again with more time";
    }

    private static BackupResult Choose(List<Candidate> opened, int count, string? folder, IUserKeys user)
    {
        opened.Sort(Candidate.BestFirst);
        Candidate best = opened[0];
        int identities = opened.Select(candidate => candidate.Identity.KeyId).Distinct().Count();
        foreach (Candidate other in opened.Skip(1)) other.Identity.Dispose();

        string message = "";
        if (!best.IsExpected)
        {
            string which = identities > 1 ? $"backups of {identities} different DHT identities, of which it takes {best.Identity.KeyId}" : $"a backup of the DHT identity {best.Identity.KeyId}";
            message = $"the network has {which}: nothing proves that it is this user's, because whoever knows his public key can put one there; no file of it is kept";
        }
        else if (folder is not null && LocalBackup.SaveBlob(folder, user, best.Identity.KeyId, best.Value.Data.Span) is { } problem)
        {
            message = problem;
        }

        return new BackupResult(BackupStatus.Found, best.Identity, message, count, identities, best.IsExpected);
    }

    /// <summary>When the identity's certificate began; nothing of the future, so that nobody is the youngest for ever.</summary>
    private static DateTimeOffset StartOf(RsaIdentity identity, DateTimeOffset now)
    {
        try
        {
            using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(identity.Chain[0].Span);
            var start = new DateTimeOffset(leaf.NotBefore.ToUniversalTime());
            return start <= now ? start : DateTimeOffset.MinValue;
        }
        catch (CryptographicException)
        {
            // A certificate is looked at for its key only; a platform may find faults with the rest.
            return DateTimeOffset.MinValue;
        }
    }

    private sealed record Candidate(VerifiedValue Value, RsaIdentity Identity, bool IsExpected, DateTimeOffset Start)
    {
        public static int BestFirst(Candidate left, Candidate right) => Rank(right).CompareTo(Rank(left));

        private static (bool IsExpected, bool IsOwn, DateTimeOffset Start, ushort Seq) Rank(Candidate candidate) =>
            (candidate.IsExpected, candidate.Value.OwnerId == candidate.Identity.KeyId, candidate.Start, candidate.Value.Seq);
    }
}
