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

    /// <summary>Puts of one value: the first, and those over what another device put meanwhile. Two devices that always meet should talk to each other.</summary>
    private const int TriesMax = 4;

    /// <summary>Reading may take this part of a deadline; the rest is for the put.</summary>
    private const int ReadingShare = 2;

    private readonly SlotBook _slots = new(time);

    /// <summary>What lies in a slot, as far as the network told.</summary>
    /// <param name="Own">Our newest version, also when only we remember it.</param>
    /// <param name="Unknown">Why the slot was not looked through; null when it was.</param>
    /// <param name="IsEmpty">Nothing was found there.</param>
    private readonly record struct SlotState(OwnVersion? Own, SecurePutStatus? Unknown, bool IsEmpty);

    public async Task<SecurePermanentPut> SignAsync(InfoHash key, NewSecureValue value, bool isPermanent, TimeSpan deadline, CancellationToken cancellation)
    {
        var left = new Deadline(time, deadline);
        var slot = new Slot(key, value.Id == 0 ? RandomId() : value.Id);
        using IDisposable? turn = await _slots.EnterAsync(slot, left.Left, cancellation).ConfigureAwait(false);
        if (turn is null) return NotPut(SecurePutStatus.TimedOut, slot);

        if (value.ExpectedSeq is { } expected && value.Id != 0) return await PutAfterAsync(slot, value, expected, isPermanent, left, cancellation).ConfigureAwait(false);
        // Under a fresh random id lies nothing.
        SlotState state = value.Id == 0 ? default : await ReadAsync(slot, left.Left / ReadingShare, cancellation).ConfigureAwait(false);
        // With a seq that is a guess, a put over a newer version of ours would look like a success and be lost.
        if (state.Unknown is { } why && _slots.Last(slot) is null) return NotPut(why, slot);
        return await PutNextAsync(slot, value, state.Own, isPermanent, left, cancellation).ConfigureAwait(false);
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

        return NotPut(state.Unknown ?? SecurePutStatus.NothingToDelete, slot).FirstRound;
    }

    public async Task<SecurePermanentPut> EncryptAsync(
        InfoHash key, KeyName recipient, NewSecureValue value, bool isPermanent, TimeSpan deadline, CancellationToken cancellation)
    {
        var left = new Deadline(time, deadline);
        var slot = new Slot(key, value.Id == 0 ? RandomId() : value.Id);
        using IDisposable? turn = await _slots.EnterAsync(slot, left.Left, cancellation).ConfigureAwait(false);
        if (turn is null) return NotPut(SecurePutStatus.TimedOut, slot);

        KeyAnswer found = await certificates.FindAsync(recipient, left.Left / ReadingShare, cancellation).ConfigureAwait(false);
        if (found.Spki is not { } recipientKey) return NotPut(WhyUnknown(found.Status) ?? SecurePutStatus.RecipientUnknown, slot);
        SecurePutStatus status = ValueSealer.Encrypt(identity, value, slot.ValueId, recipientKey, out byte[]? packed);
        if (packed is null) return NotPut(status, slot);

        // It has no owner that anybody could see, so no node would let it replace anything; and a slot that nobody could look into may hold a signed value.
        SlotState state = value.Id == 0 ? new SlotState(null, null, IsEmpty: true) : await ReadAsync(slot, left.Left / ReadingShare, cancellation).ConfigureAwait(false);
        if (!state.IsEmpty) return NotPut(SecurePutStatus.SlotTaken, slot);
        if (state.Unknown is { } why) return NotPut(why, slot);
        return await PutAsync(slot, packed, seq: 0, isPermanent, left, cancellation).ConfigureAwait(false);
    }

    public async Task<SecurePermanentPut> PublishCertificateAsync(TimeSpan deadline, CancellationToken cancellation)
    {
        var left = new Deadline(time, deadline);
        var value = new ValueBuilder { Id = CertificateId, Type = TypeRegistry.Certificate, Data = identity.CertificateData() };
        if (value.Pack(out byte[] packed) != DecodeStatus.Ok) return NotPut(SecurePutStatus.TooLarge, new Slot(identity.KeyId, CertificateId));
        Task<PermanentPut>[] puts =
        [
            .. KeyName.OfKey(identity.PublicKey.Span).Places().Select(PutAtAsync),
        ];
        try
        {
            PermanentPut[] both = await Task.WhenAll(puts).ConfigureAwait(false);
            SecurePutStatus status = StatusOf(both.Select(put => put.FirstRound.Status).Min());
            var answer = new SecurePutAnswer(status, CertificateId, 0, both.Sum(put => put.FirstRound.Acknowledged), both.Sum(put => put.FirstRound.Asked));
            return new SecurePermanentPut(answer, new Together(both));
        }
        catch
        {
            // Whatever became of one place, the other must not stay announced with nobody to end it.
            foreach (Task<PermanentPut> put in puts)
            {
                if (put.IsCompletedSuccessfully) put.Result.Dispose();
            }

            throw;
        }

        // Asynchronous, so that whatever it throws is in its task.
        async Task<PermanentPut> PutAtAsync(InfoHash place) => await dht.PutPermanentAsync(place, packed, left.Left, cancellation).ConfigureAwait(false);
    }

    /// <summary>Puts the version after one that the caller knows, once.</summary>
    private async Task<SecurePermanentPut> PutAfterAsync(Slot slot, NewSecureValue value, int expected, bool isPermanent, Deadline left, CancellationToken cancellation)
    {
        int last = Math.Max(expected, _slots.Last(slot)?.Seq ?? -1);
        if (last >= ushort.MaxValue) return NotPut(SecurePutStatus.SeqExhausted, slot);
        var seq = (ushort)(last + 1);
        if (ValueSealer.Sign(identity, value, slot.ValueId, seq) is not { } packed) return NotPut(SecurePutStatus.TooLarge, slot);
        SecurePermanentPut put = await PutAsync(slot, packed, seq, isPermanent, left, cancellation).ConfigureAwait(false);
        // Of two versions with one seq ours may be the one that is not there: then the other must be read before it is put over.
        if (put.FirstRound.Status != SecurePutStatus.Outdated) _slots.Remember(slot, new OwnVersion(seq, value.Type));
        return put;
    }

    /// <summary>Puts a version above the last one, and again above what another device turns out to have put meanwhile.</summary>
    private async Task<SecurePermanentPut> PutNextAsync(
        Slot slot, NewSecureValue value, OwnVersion? own, bool isPermanent, Deadline left, CancellationToken cancellation)
    {
        for (int tried = 1; ; tried++)
        {
            if (own is { } last && !IsEditable(last.Type)) return NotPut(SecurePutStatus.NotEditable, slot);
            if (own is { Seq: ushort.MaxValue }) return NotPut(SecurePutStatus.SeqExhausted, slot);
            var seq = (ushort)(own is { } version ? version.Seq + 1 : 0);
            if (ValueSealer.Sign(identity, value, slot.ValueId, seq) is not { } packed) return NotPut(SecurePutStatus.TooLarge, slot);

            // From now on a node may have it, whatever the answer says.
            var ours = new OwnVersion(seq, value.Type);
            _slots.Remember(slot, ours);
            SecurePermanentPut put = await PutAsync(slot, packed, seq, isPermanent, left, cancellation).ConfigureAwait(false);
            if (put.FirstRound.Status != SecurePutStatus.Outdated || tried == TriesMax || left.Left == TimeSpan.Zero) return put;
            SlotState state = await ReadAsync(slot, left.Left / ReadingShare, cancellation).ConfigureAwait(false);
            // The next one must lie above every version that is there, our own of just now among them.
            own = state.Own;
        }
    }

    private async Task<SecurePermanentPut> PutAsync(Slot slot, byte[] packed, ushort seq, bool isPermanent, Deadline left, CancellationToken cancellation)
    {
        if (!isPermanent)
        {
            SecurePutAnswer once = Answer(await dht.PutAsync(slot.Key, packed, left.Left, cancellation).ConfigureAwait(false));
            // What nobody took leaves the earlier version in its place, and so its announcement.
            if (once.Status is SecurePutStatus.Acknowledged or SecurePutStatus.TimedOut) _slots.EndAnnouncement(slot);
            return new SecurePermanentPut(once, null);
        }

        PermanentPut put = await dht.PutPermanentAsync(slot.Key, packed, left.Left, cancellation).ConfigureAwait(false);
        SecurePutAnswer answer = Answer(put.FirstRound);
        if (answer.Status is not (SecurePutStatus.SlotTaken or SecurePutStatus.Outdated)) return new SecurePermanentPut(answer, _slots.Announced(slot, put));
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
            cancellation.ThrowIfCancellationRequested();
            // Whoever made an encrypted value, it is in the way; to open it would be work that strangers order.
            OpenedAs kind = opener.OpenUnencrypted(found.Packed, found.From, out VerifiedValue? value);
            // A forged value is nobody's; anything else that a node keeps occupies the slot there.
            isEmpty &= kind is OpenedAs.Forged or OpenedAs.Unreadable;
            bool isOurs = value is not null && value.Owner.Span.SequenceEqual(identity.PublicKey.Span);
            if (isOurs && (own is null || value!.Seq > own.Value.Seq)) own = new OwnVersion(value!.Seq, value.Type);
        }

        return new SlotState(own, answer.IsComplete ? WhyUnknown(answer.Status) : SecurePutStatus.TimedOut, isEmpty);
    }

    /// <summary>What a get's status says about a put that needed its answer; null when the answer is known.</summary>
    private static SecurePutStatus? WhyUnknown(GetAnswerStatus status) => status switch
    {
        GetAnswerStatus.Unreachable => SecurePutStatus.Unreachable,
        GetAnswerStatus.TimedOut => SecurePutStatus.TimedOut,
        _ => null,
    };

    private static bool IsEditable(ushort type) => TypeRegistry.RulesOf(type) is TypeRules.UserData or TypeRules.DhtMessage;

    private static SecurePutStatus StatusOf(PutAnswerStatus status) => status switch
    {
        PutAnswerStatus.Acknowledged => SecurePutStatus.Acknowledged,
        PutAnswerStatus.Unacknowledged => SecurePutStatus.Unacknowledged,
        PutAnswerStatus.Refused => SecurePutStatus.SlotTaken,
        PutAnswerStatus.Unreachable => SecurePutStatus.Unreachable,
        PutAnswerStatus.Outdated => SecurePutStatus.Outdated,
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
