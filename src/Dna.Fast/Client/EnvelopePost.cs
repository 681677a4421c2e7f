using Dna.Fast.Commands;
using Dna.Fast.Identities;
using Dna.Fast.Kademlia;
using Dna.Fast.Messenger;

namespace Dna.Fast.Client;

/// <summary>Seals something for a user who is known by a fingerprint.</summary>
/// <remarks>
/// The user's keys come from the entry under <c>FINGERPRINT:pubkey</c> (DNA layer, section 8.1), which the fingerprint itself proves. The key that owns that entry in the network
/// proves nothing, as anybody may put the entry again under another; so nothing is encrypted for it.
/// </remarks>
internal sealed class EnvelopePost(ClientScene scene, ISecureDht dht, NetworkIdentity identity)
{
    /// <summary>Says what the data is to whoever cannot open it.</summary>
    private const string UserType = "application/x-dna-envelope";

    /// <returns>A value whose data is an envelope for that user and for us; null after a message.</returns>
    public async Task<NewSecureValue?> SealAsync(NewSecureValue value, string fingerprint, TimeSpan deadline)
    {
        if (identity.User is not { } user) return await FailAsync("an identity of stock tools has no keys to seal for a fingerprint with: use a key file").ConfigureAwait(false);
        var suites = new SuiteSet(user.Suite);
        PublicKeyEntry? newest = null;
        SecureGetAnswer answer = await dht.GetAllAsync(DnaKeys.PublicKeys(fingerprint), default, deadline, scene.Cancellation).ConfigureAwait(false);
        foreach (VerifiedValue found in answer.Values)
        {
            if (PublicKeyCodec.ReadVerified(found.Data.Span, suites, fingerprint, out PublicKeyEntry? entry) != RecordStatus.Ok || entry is null) continue;
            if (newest is null || (entry.Version, entry.Timestamp).CompareTo((newest.Version, newest.Timestamp)) > 0) newest = entry;
        }

        if (newest is null) return await FailAsync($"not sent: no public keys of the {user.Suite.Name} suite are in the network for this fingerprint").ConfigureAwait(false);
        byte[]? envelope = user.Keys.Seal([user.Keys.EncryptionKey, newest.EncryptionKey], value.Data.Span);
        if (envelope is null) return await FailAsync("not sent: the recipient's public key is damaged").ConfigureAwait(false);
        return value with { Data = envelope, UserType = UserType };
    }

    private async Task<NewSecureValue?> FailAsync(string message)
    {
        await ClientCommand.FailAsync(scene.Error, ExitCode.Failed, message).ConfigureAwait(false);
        return null;
    }
}
