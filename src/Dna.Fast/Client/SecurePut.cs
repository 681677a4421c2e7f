using System.Globalization;
using Dna.Fast.Commands;
using Dna.Fast.Identities;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Client;

/// <summary>What a signed or encrypted put is to do.</summary>
/// <param name="Key">Where.</param>
/// <param name="Value">What.</param>
/// <param name="Recipient">Whom to encrypt it for; null: signed only.</param>
/// <param name="IsPermanent">Announced until the person ends it, with the certificate that others need to answer.</param>
/// <param name="Deadline">For each step.</param>
internal sealed record SecurePutOrder(InfoHash Key, NewSecureValue Value, Recipient? Recipient, bool IsPermanent, TimeSpan Deadline);

/// <summary>Puts signed and encrypted values, and says what came of it.</summary>
internal sealed class SecurePut(ClientScene scene, NetworkIdentity identity)
{
    private readonly ISecureDht _dht = scene.Session.Secure(identity.Rsa);

    /// <summary>Puts, and stays when it is permanent.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(SecurePutOrder order)
    {
        KeyName? recipient = order.Recipient?.Name;
        NewSecureValue? value = order.Value;
        if (order.Recipient is { Fingerprint: { } fingerprint })
        {
            var envelope = new EnvelopePost(scene, _dht, identity);
            value = await envelope.SealAsync(value, fingerprint, order.Deadline).ConfigureAwait(false);
            if (value is null) return ExitCode.Failed;
        }

        if (!order.IsPermanent) return await SayAsync(order.Key, await PutOnceAsync(order, value, recipient).ConfigureAwait(false)).ConfigureAwait(false);
        using SecurePermanentPut put = await PutPermanentAsync(order, value, recipient).ConfigureAwait(false);
        int code = await SayAsync(order.Key, put.FirstRound).ConfigureAwait(false);
        if (code != ExitCode.Ok) return code;
        using SecurePermanentPut certificate = await _dht.PublishCertificateAsync(order.Deadline, scene.Cancellation).ConfigureAwait(false);
        await scene.Output.WriteLineAsync($"the certificate of {_dht.OwnerId} is published too, so that others can encrypt for it").ConfigureAwait(false);
        return await PutCommand.StayAsync(scene).ConfigureAwait(false);
    }

    private Task<SecurePutAnswer> PutOnceAsync(SecurePutOrder order, NewSecureValue value, KeyName? recipient) => recipient is { } name
        ? _dht.PutEncryptedAsync(order.Key, name, value, order.Deadline, scene.Cancellation)
        : _dht.PutSignedAsync(order.Key, value, order.Deadline, scene.Cancellation);

    private Task<SecurePermanentPut> PutPermanentAsync(SecurePutOrder order, NewSecureValue value, KeyName? recipient) => recipient is { } name
        ? _dht.PutEncryptedPermanentAsync(order.Key, name, value, order.Deadline, scene.Cancellation)
        : _dht.PutSignedPermanentAsync(order.Key, value, order.Deadline, scene.Cancellation);

    private async Task<int> SayAsync(InfoHash key, SecurePutAnswer answer)
    {
        string value = string.Create(CultureInfo.InvariantCulture, $"key={key} id={answer.ValueId:x}");
        if (answer.Status == SecurePutStatus.Acknowledged)
        {
            await scene.Output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{answer.Acknowledged} of {answer.Asked} nodes acknowledged {value} owner={_dht.OwnerId} seq={answer.Seq}")).ConfigureAwait(false);
            return ExitCode.Ok;
        }

        int code = answer.Status == SecurePutStatus.Unreachable ? ExitCode.Unreachable : ExitCode.Failed;
        return await ClientCommand.FailAsync(scene.Error, code, Problem(answer, value)).ConfigureAwait(false);
    }

    private static string Problem(in SecurePutAnswer answer, string value) => answer.Status switch
    {
        SecurePutStatus.Unacknowledged => string.Create(CultureInfo.InvariantCulture, $"none of {answer.Asked} nodes acknowledged {value}"),
        SecurePutStatus.Unreachable => "no node answered: the network is unreachable",
        SecurePutStatus.SlotTaken => $"not sent: somebody else's value is under {value}; take another id",
        SecurePutStatus.NotEditable => $"not sent: values of the type that is under {value} cannot be changed before they expire; take another id",
        SecurePutStatus.SeqExhausted => $"not sent: what is under {value} was changed as often as can be; take another id",
        SecurePutStatus.TooLarge => $"the signed and packed value is too large: {WireLimits.ValueBytesMax} bytes are the most the network takes; nothing was sent",
        SecurePutStatus.RecipientUnknown => "not sent: the recipient's certificate is not in the network; it is there while the recipient's node runs, or shortly after",
        SecurePutStatus.Outdated => $"another device of yours changes {value} at the same time; look what is there, and put again",
        SecurePutStatus.RecipientUnusable => "not sent: the recipient's key is no RSA key of 1024 to 8192 bits, so nothing can be encrypted for it",
        _ => $"no acknowledgement in time of {value}; some nodes may have it",
    };
}
