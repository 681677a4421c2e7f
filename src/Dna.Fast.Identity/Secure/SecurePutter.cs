using System.Security.Cryptography;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity;

/// <summary>The way out: seq, signature, encryption, put. Any thread.</summary>
internal sealed class SecurePutter(IDht dht, RsaIdentity identity, ValueOpener opener, CertificateBook certificates, TimeProvider time)
{
    /// <summary>Certificates are kept under this value id (wire specification, section 4.6).</summary>
    private const ulong CertificateId = 1;

    /// <summary>Reading may take this part of a deadline; the rest is for the put.</summary>
    private const int ReadingShare = 2;

    private readonly SlotBook _slots = new(time);

    /// <summary>What lies in a slot, as far as the network told.</summary>
    /// <param name="Own">Our newest version, also when only we remember it.</param>
    /// <param name="Status">Of the get.</param>
    /// <param name="IsEmpty">Nothing was found there.</param>
    private readonly record struct SlotState(OwnVersion? Own, GetAnswerStatus Status, bool IsEmpty);

    public async Task<SecurePermanentPut> SignAsync(InfoHash key, NewSecureValue value, bool isPermanent, TimeSpan deadline, CancellationToken cancellation)
    {
        var left = new Deadline(time, deadline);
        var slot = new Slot(key, value.Id == 0 ? RandomId() : value.Id);
        using IDisposable? turn = await _slots.EnterAsync(slot, left.Left, cancellation).ConfigureAwait(false);
        if (turn is null) return NotPut(SecurePutStatus.TimedOut, slot);

        // Under a fresh random id lies nothing.
        OwnVersion? own = value.Id == 0 ? null : (await ReadAsync(slot, left.Left / ReadingShare, cancellation).ConfigureAwait(false)).Own;
        return await PutNextAsync(slot, value, own, isPermanent, left, cancellation).ConfigureAwait(false);
    }

    public async Task<SecurePutAnswer> DeleteAsync(InfoHash key, ulong valueId, TimeSpan deadline, CancellationToken cancellation)
    {
        var left = new Deadline(time, deadline);
        var slot = new Slot(key, valueId);
        using IDisposable? turn = await _slots.EnterAsync(slot, left.Left, cancellation).ConfigureAwait(false);
        if (turn is null) return NotPut(SecurePutStatus.TimedOut, slot).FirstRound;

        SlotState state = await ReadAsync(slot, left.Left / ReadingShare, cancellation).ConfigureAwait(false);
        if (state.Own is { } own)
        {
            var tombstone = new NewSecureValue { Id = valueId, Type = own.Type };
            return (await PutNextAsync(slot, tombstone, own, isPermanent: false, left, cancellation).ConfigureAwait(false)).FirstRound;
        }

        SecurePutStatus status = state.Status switch
        {
            GetAnswerStatus.Unreachable => SecurePutStatus.Unreachable,
            GetAnswerStatus.TimedOut => SecurePutStatus.TimedOut,
            _ => SecurePutStatus.NothingToDelete,
        };
        return NotPut(status, slot).FirstRound;
    }

    public async Task<SecurePermanentPut> EncryptAsync(
        InfoHash key, KeyName recipient, NewSecureValue value, bool isPermanent, TimeSpan deadline, CancellationToken cancellation)
    {
        var left = new Deadline(time, deadline);
        var slot = new Slot(key, value.Id == 0 ? RandomId() : value.Id);
        using IDisposable? turn = await _slots.EnterAsync(slot, left.Left, cancellation).ConfigureAwait(false);
        if (turn is null) return NotPut(SecurePutStatus.TimedOut, slot);

        byte[]? found = await certificates.FindAsync(recipient, left.Left / ReadingShare, cancellation).ConfigureAwait(false);
        if (found is not { } recipientKey) return NotPut(SecurePutStatus.RecipientUnknown, slot);
        SecurePutStatus status = ValueSealer.Encrypt(identity, value, slot.ValueId, recipientKey, out byte[]? packed);
        if (packed is null) return NotPut(status, slot);

        // It has no owner that anybody could see, so no node would let it replace anything.
        bool isFree = value.Id == 0 || (await ReadAsync(slot, left.Left / ReadingShare, cancellation).ConfigureAwait(false)).IsEmpty;
        return isFree ? await PutAsync(slot, packed, seq: 0, isPermanent, left, cancellation).ConfigureAwait(false) : NotPut(SecurePutStatus.SlotTaken, slot);
    }

    public async Task<SecurePermanentPut> PublishCertificateAsync(TimeSpan deadline, CancellationToken cancellation)
    {
        var value = new ValueBuilder { Id = CertificateId, Type = TypeRegistry.Certificate, Data = identity.CertificateData() };
        if (value.Pack(out byte[] packed) != DecodeStatus.Ok) return NotPut(SecurePutStatus.TooLarge, new Slot(identity.KeyId, CertificateId));
        Task<PermanentPut>[] puts =
        [
            .. KeyName.OfKey(identity.PublicKey.Span).Places().Select(place => dht.PutPermanentAsync(place, packed, deadline, cancellation)),
        ];
        try
        {
            PermanentPut[] both = await Task.WhenAll(puts).ConfigureAwait(false);
            SecurePutStatus status = StatusOf(both.Select(put => put.FirstRound.Status).Min());
            var answer = new SecurePutAnswer(status, CertificateId, 0, both.Sum(put => put.FirstRound.Acknowledged), both.Sum(put => put.FirstRound.Asked));
            return new SecurePermanentPut(answer, new Together(both));
        }
        catch (OperationCanceledException)
        {
            foreach (Task<PermanentPut> put in puts)
            {
                if (put.IsCompletedSuccessfully) put.Result.Dispose();
            }

            throw;
        }
    }

    /// <summary>Puts a version above the last one.</summary>
    private async Task<SecurePermanentPut> PutNextAsync(
        Slot slot, NewSecureValue value, OwnVersion? own, bool isPermanent, Deadline left, CancellationToken cancellation)
    {
        if (own is { } last && !IsEditable(last.Type)) return NotPut(SecurePutStatus.NotEditable, slot);
        if (own is { Seq: ushort.MaxValue }) return NotPut(SecurePutStatus.SeqExhausted, slot);
        var seq = (ushort)(own is { } version ? version.Seq + 1 : 0);
        if (ValueSealer.Sign(identity, value, slot.ValueId, seq) is not { } packed) return NotPut(SecurePutStatus.TooLarge, slot);

        // From now on a node may have it, whatever the answer says.
        _slots.Remember(slot, new OwnVersion(seq, value.Type));
        return await PutAsync(slot, packed, seq, isPermanent, left, cancellation).ConfigureAwait(false);
    }

    private async Task<SecurePermanentPut> PutAsync(Slot slot, byte[] packed, ushort seq, bool isPermanent, Deadline left, CancellationToken cancellation)
    {
        _slots.EndAnnouncement(slot);
        if (!isPermanent) return new SecurePermanentPut(Answer(await dht.PutAsync(slot.Key, packed, left.Left, cancellation).ConfigureAwait(false)), null);

        PermanentPut put = await dht.PutPermanentAsync(slot.Key, packed, left.Left, cancellation).ConfigureAwait(false);
        SecurePutAnswer answer = Answer(put.FirstRound);
        if (answer.Status != SecurePutStatus.SlotTaken) return new SecurePermanentPut(answer, _slots.Announced(slot, put));
        put.Dispose();
        return new SecurePermanentPut(answer, null);

        SecurePutAnswer Answer(PutAnswer given) => new(StatusOf(given.Status), slot.ValueId, seq, given.Acknowledged, given.Asked);
    }

    /// <summary>Looks what lies in a slot.</summary>
    private async Task<SlotState> ReadAsync(Slot slot, TimeSpan deadline, CancellationToken cancellation)
    {
        byte[] where = ValueFilter.Pack([new ValueFilter(ValueField.Id, slot.ValueId, null)]);
        GetAnswer answer = await dht.GetAllAsync(slot.Key, where, deadline, cancellation).ConfigureAwait(false);
        OwnVersion? own = _slots.Last(slot);
        bool isEmpty = true;
        foreach (FoundValue found in answer.Values)
        {
            OpenedAs kind = opener.Open(found.Packed, found.From, out VerifiedValue? value);
            // A forged value is nobody's; anything else that a node keeps occupies the slot there.
            isEmpty &= kind is OpenedAs.Forged or OpenedAs.Unreadable;
            bool isOurs = value is { WasEncrypted: false } && value.Owner.Span.SequenceEqual(identity.PublicKey.Span);
            if (isOurs && (own is null || value!.Seq > own.Value.Seq)) own = new OwnVersion(value!.Seq, value.Type);
        }

        return new SlotState(own, answer.Status, isEmpty);
    }

    private static bool IsEditable(ushort type) => TypeRegistry.RulesOf(type) is TypeRules.UserData or TypeRules.DhtMessage;

    private static SecurePutStatus StatusOf(PutAnswerStatus status) => status switch
    {
        PutAnswerStatus.Acknowledged => SecurePutStatus.Acknowledged,
        PutAnswerStatus.Unacknowledged => SecurePutStatus.Unacknowledged,
        PutAnswerStatus.Refused => SecurePutStatus.SlotTaken,
        PutAnswerStatus.Unreachable => SecurePutStatus.Unreachable,
        _ => SecurePutStatus.TimedOut,
    };

    private static SecurePermanentPut NotPut(SecurePutStatus status, Slot slot) => new(new SecurePutAnswer(status, slot.ValueId, 0, 0, 0), null);

    /// <summary>Under a fresh random id an ownerless value never meets a signed one, which would end stock nodes (section 0, item 10).</summary>
    private static ulong RandomId()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        ulong id;
        do
        {
            RandomNumberGenerator.Fill(bytes);
            id = BitConverter.ToUInt64(bytes);
        }
        while (id <= CertificateId);
        return id;
    }

    private sealed class Together(IReadOnlyList<IDisposable> parts) : IDisposable
    {
        public void Dispose()
        {
            foreach (IDisposable part in parts) part.Dispose();
        }
    }
}
