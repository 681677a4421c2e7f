using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.ValueTypes;

/// <summary>Why an edit was refused.</summary>
public enum EditRefusal : byte
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>An ownerless value (unsigned or encrypted) over a signed one: passed on, it would crash stock nodes.</summary>
    Ownerless,

    /// <summary>The stored value's type, or its lack of a signature, allows no edit at all.</summary>
    NotEditable,

    /// <summary>Signed by another owner, or a certificate of another key.</summary>
    OtherOwner,

    /// <summary>Same owner, but seq does not rise (nor is it equal with identical signed bytes).</summary>
    StaleSeq,

    /// <summary>
    /// All is right but the signature was not verified yet (<see cref="EditPolicy.For"/>): only a signed value of a type that is stored without
    /// verification meets this. Verify it, then put again; or leave it refused.
    /// </summary>
    Unverified,

    /// <summary>One of the two could not be read.</summary>
    Unreadable,
}

/// <summary>The edit rules of section 5.3, in their order.</summary>
/// <remarks>
/// One instance per thread: it remembers why it last refused. Hand <see cref="For"/> to each put. Decides without allocating, certificates excepted.
/// Stricter than stock in one point: only a certificate value replaces a certificate value, so that nobody turns one into a value of ten minutes.
/// </remarks>
public sealed class EditPolicy(IValueVerifier verifier) : IEditPolicy
{
    private bool _isVerified;

    /// <summary>Why the decision since the last <see cref="For"/> was a refusal; <see cref="EditRefusal.None"/> when it was none.</summary>
    public EditRefusal LastRefusal { get; private set; }

    /// <summary>The counter of the last refusal: <see cref="Counter.PutRefusedOwnerless"/> or <see cref="Counter.PutRefusedEdit"/>.</summary>
    public Counter LastCounter => LastRefusal == EditRefusal.Ownerless ? Counter.PutRefusedOwnerless : Counter.PutRefusedEdit;

    /// <summary>Begins a put.</summary>
    /// <param name="isVerified">True when the new value's signature was verified: <see cref="StorePolicy.Verify"/> said <see cref="StoreVerdict.Store"/>.</param>
    /// <returns>This policy.</returns>
    public EditPolicy For(bool isVerified)
    {
        _isVerified = isVerified;
        LastRefusal = EditRefusal.None;
        return this;
    }

    /// <inheritdoc />
    public EditDecision Decide(in InfoHash key, in SlotInfo oldSlot, ReadOnlySpan<byte> oldPacked, in SlotInfo newSlot, ReadOnlySpan<byte> newPacked)
    {
        if (ValueReader.Read(oldPacked, out ValueView old, out _) != DecodeStatus.Ok || ValueReader.Read(newPacked, out ValueView value, out _) != DecodeStatus.Ok)
            return Refuse(EditRefusal.Unreadable);

        // First of all, whatever the types: a node that passes such an edit on crashes the stock nodes that evaluate it.
        if (old.IsSigned && !value.IsSigned) return Refuse(EditRefusal.Ownerless);
        if (old.IsEqualTo(value)) return EditDecision.Refresh;
        EditRefusal refusal = TypeRegistry.RulesOf(old.IsEncrypted ? TypeRegistry.UserData : old.Type) switch
        {
            TypeRules.UserData or TypeRules.DhtMessage => JudgeSigned(old, value),
            TypeRules.Certificate => JudgeCertificate(old, value),
            _ => EditRefusal.NotEditable,
        };
        return refusal == EditRefusal.None ? EditDecision.Replace : Refuse(refusal);
    }

    private EditDecision Refuse(EditRefusal refusal)
    {
        LastRefusal = refusal;
        return EditDecision.Refuse;
    }

    private EditRefusal JudgeSigned(in ValueView old, in ValueView value)
    {
        if (!old.IsSigned) return EditRefusal.NotEditable;
        if (!old.Owner.SequenceEqual(value.Owner)) return EditRefusal.OtherOwner;
        if (value.Seq < old.Seq || (value.Seq == old.Seq && !HasSameBody(old, value))) return EditRefusal.StaleSeq;
        return _isVerified ? EditRefusal.None : EditRefusal.Unverified;
    }

    // The signed bytes are a function of these fields (section 4.4), so equal fields are equal bytes.
    private static bool HasSameBody(in ValueView old, in ValueView value) =>
        old.Type == value.Type && old.HasRecipient == value.HasRecipient && old.Recipient == value.Recipient
        && old.UserType.SequenceEqual(value.UserType) && old.Data.SequenceEqual(value.Data);

    private EditRefusal JudgeCertificate(in ValueView old, in ValueView value)
    {
        if (value.IsEncrypted || value.Type != TypeRegistry.Certificate) return EditRefusal.NotEditable;
        byte[]? oldKey = verifier.ReadCertificateKey(old.Data), newKey = verifier.ReadCertificateKey(value.Data);
        if (oldKey is null || newKey is null) return EditRefusal.Unreadable;
        return oldKey.AsSpan().SequenceEqual(newKey) ? EditRefusal.None : EditRefusal.OtherOwner;
    }
}
