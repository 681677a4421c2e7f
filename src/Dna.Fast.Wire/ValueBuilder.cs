using System.Text;

namespace Dna.Fast.Wire;

/// <summary>Makes one canonical packed value from its fields, for whoever puts one. One thread.</summary>
/// <remarks>
/// For a signed value set <see cref="Owner"/>, <see cref="Seq"/> and <see cref="Recipient"/> if any, sign <see cref="BodyToSign"/>, then
/// set <see cref="Signature"/>. For an encrypted one set <see cref="Cypher"/>; of the rest only <see cref="Id"/>, <see cref="Priority"/>
/// and <see cref="PushType"/> travel then (section 4.5).
/// </remarks>
public sealed class ValueBuilder
{
    /// <summary>Value id, not 0.</summary>
    public ulong Id { get; init; }

    public ushort Type { get; init; }

    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Empty: none.</summary>
    public string UserType { get; init; } = "";

    /// <summary>DER SubjectPublicKeyInfo of the signer; empty: unsigned.</summary>
    public ReadOnlyMemory<byte> Owner { get; init; }

    public ushort Seq { get; init; }

    /// <summary>Key id of the recipient; only signed values carry it.</summary>
    public InfoHash? Recipient { get; init; }

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-512 over <see cref="BodyToSign"/> (section 4.4).</summary>
    public ReadOnlyMemory<byte> Signature { get; set; }

    /// <summary>Not empty: the value is encrypted.</summary>
    public ReadOnlyMemory<byte> Cypher { get; init; }

    /// <summary>0 = high, and not sent.</summary>
    public uint Priority { get; init; }

    /// <summary>Empty: none.</summary>
    public string PushType { get; init; } = "";

    /// <summary>The bytes the owner signs.</summary>
    public byte[] BodyToSign()
    {
        ValueView view = View();
        byte[] room = new byte[ValueWriter.BytesMax(view)];
        return room.AsSpan(0, ValueWriter.WriteBody(room, view)).ToArray();
    }

    /// <summary>The <c>dat</c> map alone: what a cypher covers (section 4.5).</summary>
    public byte[] PackDat()
    {
        ValueView view = View();
        byte[] room = new byte[ValueWriter.BytesMax(view)];
        return room.AsSpan(0, ValueWriter.WriteDat(room, view)).ToArray();
    }

    /// <summary>Packs the value.</summary>
    /// <param name="packed">The canonical bytes, also when they are too many: their length says by how much.</param>
    /// <returns><see cref="DecodeStatus.Ok"/>; <see cref="DecodeStatus.TooLarge"/> when <paramref name="packed"/> exceeds
    /// <see cref="WireLimits.ValueBytesMax"/> or its payload <see cref="WireLimits.ValuePayloadBytesMax"/>, so that no node would store
    /// it.</returns>
    /// <exception cref="InvalidOperationException">The id is 0, or there is an owner without a signature.</exception>
    public DecodeStatus Pack(out byte[] packed)
    {
        ValueView view = View();
        if (view.Id == 0) throw new InvalidOperationException("a value needs an id other than 0");
        if (view.IsSigned && view.Signature.IsEmpty) throw new InvalidOperationException("a value with an owner needs a signature");
        byte[] room = new byte[ValueWriter.BytesMax(view)];
        packed = room.AsSpan(0, ValueWriter.Write(room, view)).ToArray();
        bool tooLarge = packed.Length > WireLimits.ValueBytesMax || view.PayloadBytes > WireLimits.ValuePayloadBytesMax;
        return tooLarge ? DecodeStatus.TooLarge : DecodeStatus.Ok;
    }

    private ValueView View()
    {
        bool encrypted = !Cypher.IsEmpty, signed = !encrypted && !Owner.IsEmpty;
        ValueView view = default;
        view.Id = Id;
        view.Priority = Priority;
        view.PushType = Encoding.UTF8.GetBytes(PushType);
        view.IsEncrypted = encrypted;
        view.Cypher = Cypher.Span;
        if (encrypted) return view;
        view.Type = Type;
        view.Data = Data.Span;
        view.UserType = Encoding.UTF8.GetBytes(UserType);
        if (!signed) return view;
        view.Owner = Owner.Span;
        view.Seq = Seq;
        view.Signature = Signature.Span;
        view.HasRecipient = Recipient.HasValue;
        view.Recipient = Recipient.GetValueOrDefault();
        return view;
    }
}
