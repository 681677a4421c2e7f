using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia;

/// <summary>The network's values with an identity of ours: signed and encrypted on the way out, verified and decrypted on the way in (wire specification, sections 4.4 to 4.6 and 8).</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Any thread; operations may overlap. Puts of one client under one key and id follow one another, so that each raises seq.</item>
/// <item>What does not verify or decrypt never reaches the caller; it is counted.</item>
/// <item>Absent and unreachable are different answers. The deadline's end is an answer too; only a cancelled token throws.</item>
/// </list>
/// </remarks>
public interface ISecureDht
{
    /// <summary>The network without an identity, for unsigned values.</summary>
    IDht Plain { get; }

    /// <summary>Our DER SubjectPublicKeyInfo: the owner of what we sign.</summary>
    ReadOnlyMemory<byte> OwnerKey { get; }

    /// <summary>Our key id: SHA-1 of <see cref="OwnerKey"/>.</summary>
    InfoHash OwnerId { get; }

    /// <summary>Our long id: SHA-256 of <see cref="OwnerKey"/>.</summary>
    LongId OwnerLongId { get; }

    /// <summary>Reads what we put under key and id before, raises its seq, signs and puts, once; again with a higher seq while another device of ours puts at the same time.</summary>
    /// <remarks>What cannot be read is not put over: without an answer, and without a memory of our own of the last seq, nothing is sent.</remarks>
    /// <param name="deadline">For reading and putting together.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task<SecurePutAnswer> PutSignedAsync(InfoHash key, NewSecureValue value, TimeSpan deadline, CancellationToken cancellation = default);

    /// <summary>As <see cref="PutSignedAsync"/>, and announces it again before it expires, until the result is disposed.</summary>
    /// <remarks>A later put of ours under the same key and id ends the announcement of the earlier one when it took its place: it is announced itself, or was or may have been acknowledged.</remarks>
    /// <exception cref="OperationCanceledException">Cancelled; nothing stays announced.</exception>
    Task<SecurePermanentPut> PutSignedPermanentAsync(InfoHash key, NewSecureValue value, TimeSpan deadline, CancellationToken cancellation = default);

    /// <summary>Signs, encrypts for one recipient, whose certificate is looked up at both of its places, and puts, once.</summary>
    /// <remarks>Nobody but the recipient can tell whose it is, so an encrypted value is never edited: use a new id (0) for each.</remarks>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task<SecurePutAnswer> PutEncryptedAsync(InfoHash key, KeyName recipient, NewSecureValue value, TimeSpan deadline, CancellationToken cancellation = default);

    /// <summary>As <see cref="PutEncryptedAsync"/>, and announces it again before it expires, until the result is disposed.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; nothing stays announced.</exception>
    Task<SecurePermanentPut> PutEncryptedPermanentAsync(
        InfoHash key, KeyName recipient, NewSecureValue value, TimeSpan deadline, CancellationToken cancellation = default);

    /// <summary>Deletes a signed value of ours: puts a signed empty one of the same type over it, with a higher seq, so that the network forgets it as late as it would have forgotten the value.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task<SecurePutAnswer> DeleteAsync(InfoHash key, ulong valueId, TimeSpan deadline, CancellationToken cancellation = default);

    /// <summary>Publishes our certificate at both of its places (section 4.6), so that others can encrypt for us; announced until the result is disposed.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; nothing stays announced.</exception>
    Task<SecurePermanentPut> PublishCertificateAsync(TimeSpan deadline, CancellationToken cancellation = default);

    /// <summary>Finds the public key of a name: our own, a cached one, or the one of a certificate in the network that hashes to the name.</summary>
    /// <returns>Found with the key; Absent only when all places of the name were looked through, else why one was not.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task<KeyAnswer> FindKeyAsync(KeyName name, TimeSpan deadline, CancellationToken cancellation = default);

    /// <summary>Gets the first value that arrives and is genuine and not deleted.</summary>
    /// <param name="where">A packed query map with filters (section 2.4), or empty.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task<SecureGetAnswer> GetAsync(InfoHash key, ReadOnlyMemory<byte> where, TimeSpan deadline, CancellationToken cancellation = default);

    /// <summary>Gets all genuine values: the newest version of each owner and id.</summary>
    /// <param name="where">A packed query map with filters, or empty.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task<SecureGetAnswer> GetAllAsync(InfoHash key, ReadOnlyMemory<byte> where, TimeSpan deadline, CancellationToken cancellation = default);

    /// <summary>Listens until the enumeration is left or cancelled: what is stored now, and every genuine change from then on; of each owner and id never an older version after a newer one.</summary>
    /// <param name="where">A packed query map with filters, or empty.</param>
    /// <exception cref="ListenOverflowException">The reader fell behind by more than <see cref="Dht.ListenBacklogMax"/> changes, so some are lost: listen again.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    IAsyncEnumerable<SecureListenEvent> ListenAsync(InfoHash key, ReadOnlyMemory<byte> where, CancellationToken cancellation = default);
}
