using System.Runtime.CompilerServices;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity;

/// <summary><see cref="ISecureDht"/> over an <see cref="IDht"/>. Owns neither the network nor the identity.</summary>
public sealed class SecureDht : ISecureDht
{
    /// <summary>Value ids, and versions, that a listener remembers to have told.</summary>
    private const int ToldMax = Dht.ListenBacklogMax;

    private readonly SecureCounters _counters = new();
    private readonly RsaIdentity? _identity;
    private readonly TimeProvider _time;
    private readonly ValueOpener _opener;
    private readonly AnswerOpener _answers;
    private readonly CertificateBook _certificates;
    private readonly SecurePutter? _putter;

    /// <param name="dht">The network.</param>
    /// <param name="identity">Who we are; null: values are verified on reading, encrypted ones are dropped, and whatever needs an identity is the caller's error.</param>
    /// <param name="verifier">Checks signatures: best the node's own (<see cref="NodeContext.Verifier"/>), which remembers what it verified already.</param>
    public SecureDht(IDht dht, RsaIdentity? identity, IValueVerifier verifier, TimeProvider time)
    {
        Plain = dht;
        _identity = identity;
        _time = time;
        _opener = new ValueOpener(identity, verifier, _counters);
        _answers = new AnswerOpener(_opener, _counters);
        _certificates = new CertificateBook(dht, time, _counters);
        if (identity is null) return;
        _certificates.Add(identity.PublicKey.ToArray());
        _putter = new SecurePutter(dht, identity, _opener, _certificates, time);
    }

    /// <inheritdoc />
    public IDht Plain { get; }

    /// <summary>Empty without an identity.</summary>
    public ReadOnlyMemory<byte> OwnerKey => _identity?.PublicKey ?? default;

    /// <summary>Zero without an identity.</summary>
    public InfoHash OwnerId => _identity?.KeyId ?? default;

    /// <summary>Zero without an identity.</summary>
    public LongId OwnerLongId => _identity?.LongId ?? default;

    /// <summary>What was read, verified, decrypted and dropped.</summary>
    public SecureFigures Figures => _counters.Figures;

    private SecurePutter Putter => _putter ?? throw new InvalidOperationException("Only who has an identity can sign, encrypt, delete and publish.");

    /// <inheritdoc />
    public async Task<SecurePutAnswer> PutSignedAsync(InfoHash key, NewSecureValue value, TimeSpan deadline, CancellationToken cancellation = default) =>
        (await Putter.SignAsync(key, value, isPermanent: false, deadline, cancellation).ConfigureAwait(false)).FirstRound;

    /// <inheritdoc />
    public Task<SecurePermanentPut> PutSignedPermanentAsync(InfoHash key, NewSecureValue value, TimeSpan deadline, CancellationToken cancellation = default) =>
        Putter.SignAsync(key, value, isPermanent: true, deadline, cancellation);

    /// <inheritdoc />
    public async Task<SecurePutAnswer> PutEncryptedAsync(
        InfoHash key, KeyName recipient, NewSecureValue value, TimeSpan deadline, CancellationToken cancellation = default) =>
        (await Putter.EncryptAsync(key, recipient, value, isPermanent: false, deadline, cancellation).ConfigureAwait(false)).FirstRound;

    /// <inheritdoc />
    public Task<SecurePermanentPut> PutEncryptedPermanentAsync(
        InfoHash key, KeyName recipient, NewSecureValue value, TimeSpan deadline, CancellationToken cancellation = default) =>
        Putter.EncryptAsync(key, recipient, value, isPermanent: true, deadline, cancellation);

    /// <inheritdoc />
    public Task<SecurePutAnswer> DeleteAsync(InfoHash key, ulong valueId, TimeSpan deadline, CancellationToken cancellation = default) =>
        Putter.DeleteAsync(key, valueId, deadline, cancellation);

    /// <inheritdoc />
    public Task<SecurePermanentPut> PublishCertificateAsync(TimeSpan deadline, CancellationToken cancellation = default) =>
        Putter.PublishCertificateAsync(deadline, cancellation);

    /// <inheritdoc />
    public Task<KeyAnswer> FindKeyAsync(KeyName name, TimeSpan deadline, CancellationToken cancellation = default) =>
        _certificates.FindAsync(name, deadline, cancellation);

    /// <inheritdoc />
    public async Task<SecureGetAnswer> GetAsync(InfoHash key, ReadOnlyMemory<byte> where, TimeSpan deadline, CancellationToken cancellation = default)
    {
        var left = new Deadline(_time, deadline);
        GetAnswer first = await Plain.GetAsync(key, where, left.Left, cancellation).ConfigureAwait(false);
        SecureGetAnswer answer = _answers.Open(first, left, cancellation);
        if (answer.Values.Count > 0 || first.Status != GetAnswerStatus.Found) return answer;

        // What came first is forged, not for us or deleted: a good one may come later.
        SecureGetAnswer all = await GetAllAsync(key, where, left.Left, cancellation).ConfigureAwait(false);
        return all.Values.Count <= 1 ? all : all with { Values = [all.Values[0]] };
    }

    /// <inheritdoc />
    public async Task<SecureGetAnswer> GetAllAsync(InfoHash key, ReadOnlyMemory<byte> where, TimeSpan deadline, CancellationToken cancellation = default)
    {
        var left = new Deadline(_time, deadline);
        return _answers.Open(await Plain.GetAllAsync(key, where, left.Left, cancellation).ConfigureAwait(false), left, cancellation);
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<SecureListenEvent> ListenAsync(
        InfoHash key, ReadOnlyMemory<byte> where, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var versions = new ListenedVersions(ToldMax);
        await foreach (ListenEvent change in Plain.ListenAsync(key, where, cancellation).ConfigureAwait(false))
        {
            if (change.Change == ValueChange.Gone)
            {
                if (versions.TakeGone(change.ValueId, out InfoHash owner)) yield return new SecureListenEvent(change.Change, change.ValueId, null, owner);
                continue;
            }

            _opener.Open(change.Packed, default, out VerifiedValue? value);
            if (versions.Take(change.ValueId, value)) yield return new SecureListenEvent(change.Change, change.ValueId, value, value!.OwnerId);
        }
    }
}
