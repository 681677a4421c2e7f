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
/// is not of the future; then the one with the highest seq. The result says whether there were several identities and whether the one chosen was expected.
/// </remarks>
public static class NetworkBackup
{
    /// <summary>The value id the original uses.</summary>
    public const ulong ValueId = 1;

    /// <summary>Backups that are opened at most: strangers may put there what they like, and each costs a decapsulation.</summary>
    private const int CandidatesMax = 256;

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
    /// <param name="folder">Where the chosen backup is kept as a file too; null: nowhere. A file that cannot be written is told in the message only.</param>
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

        DateTimeOffset now = time.GetUtcNow();
        var opened = new List<Candidate>();
        bool anyOpened = false;
        foreach (VerifiedValue value in answer.Values.Take(CandidatesMax))
        {
            RsaIdentity? identity = BackupBlob.Open(user, value.Data.Span, out bool isForUs);
            anyOpened |= isForUs;
            if (identity is not null) opened.Add(new Candidate(value, identity, expected.Contains(identity.KeyId), StartOf(identity, now)));
        }

        int count = answer.Values.Count;
        if (opened.Count > 0) return Choose(opened, count, folder, user);
        return anyOpened
            ? BackupResult.Failed(BackupStatus.Damaged, "the backup in the network opens, but holds no whole DHT identity: make a new one", count)
            : BackupResult.Failed(BackupStatus.NotOurs, "what lies in the network does not open with this user's keys: is it the right mnemonic?", count);
    }

    private static BackupResult Choose(List<Candidate> opened, int count, string? folder, IUserKeys user)
    {
        opened.Sort(Candidate.BestFirst);
        Candidate best = opened[0];
        int identities = opened.Select(candidate => candidate.Identity.KeyId).Distinct().Count();
        foreach (Candidate other in opened.Skip(1)) other.Identity.Dispose();

        var messages = new List<string>(2);
        if (identities > 1 && !best.IsExpected)
            messages.Add($"there are backups of {identities} different DHT identities, and nothing tells which is this user's: the one chosen is {best.Identity.KeyId}");
        if (folder is not null && LocalBackup.SaveBlob(folder, user, best.Value.Data.Span) is { } problem) messages.Add(problem);
        return new BackupResult(BackupStatus.Found, best.Identity, string.Join("; ", messages), count, identities, best.IsExpected);
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
