using System.Text;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Groups as text and back (DNA layer, section 12.1). Any thread.</summary>
/// <remarks>
/// Plain JSON: <c>group_uuid, name, description, creator, created_at, version, member_count, members[]</c>, which is all the original's has; then ours, which old readers ignore:
/// <c>[gek_version], signer, signer_key (hex), signature (hex)</c>. The original escapes nothing, so names and descriptions with quotes, backslashes or control characters are not
/// written. A deleted group is <c>{"deleted":true}</c>; ours says which, what version, and who signed it.
/// </remarks>
public static class GroupCodec
{
    private static ReadOnlySpan<byte> Label => "dna-group-v1"u8;

    /// <summary>Signs a version of a group.</summary>
    public static Group Sign(IUserKeys keys, Group group)
    {
        Group unsigned = group with { Signer = keys.Fingerprint, SignerKey = keys.SigningKey };
        byte[] signature = new byte[keys.Suite.SignatureBytes];
        keys.Sign(SignedMessage(unsigned), signature);
        return unsigned with { Signature = signature };
    }

    /// <summary>True when a group can be written: its texts fit and need no escape, and its members are fingerprints, at least one and not too many.</summary>
    public static bool IsWritable(Group group) =>
        IsText(group.Name, Group.NameBytesMax) && group.Name.Length > 0 && IsText(group.Description, Group.DescriptionBytesMax)
        && group.Members.Count is > 0 and <= Group.MembersMax && group.Members.All(member => UserFingerprint.Normalise(member) == member)
        && group.Members.Distinct().Count() == group.Members.Count;

    /// <summary>Reads a group; a signed one is refused unless its signature is right. Whether the signer was allowed to write it is <see cref="GroupRules"/>' question.</summary>
    /// <param name="uuid">Whose record is read: 36 characters.</param>
    public static RecordStatus Read(ReadOnlySpan<byte> data, SuiteSet suites, string uuid, out Group? group)
    {
        group = null;
        if (!JsonRecord.TryParse(data, out JsonRecord json)) return RecordStatus.Malformed;
        bool isDeleted = json.Bool("deleted") == true;
        if (!isDeleted && (json.Text("group_uuid") != uuid || json.Text("name") is null || json.Text("creator") is null)) return RecordStatus.Incomplete;
        List<string>? members = isDeleted ? [] : json.Texts("members", Group.MembersMax);
        if (members is null) return RecordStatus.TooLarge;
        // Members that are no fingerprints are what the first clients made of separators.
        string[] fingerprints = [.. members.Select(member => UserFingerprint.Normalise(member)).OfType<string>().Distinct()];
        var read = new Group
        {
            Uuid = uuid,
            Name = ProfileText.Cut(json.Text("name"), Group.NameBytesMax + 1),
            Description = ProfileText.Cut(json.Text("description"), Group.DescriptionBytesMax + 1),
            Creator = Complete(json.Text("creator") ?? "", fingerprints),
            CreatedAt = json.UInt64("created_at") ?? 0,
            Version = json.UInt32("version") ?? 0,
            KeyVersion = json.UInt32("gek_version") ?? 0,
            Members = fingerprints,
            IsDeleted = isDeleted,
        };
        if (json.Text("signature") is not null)
        {
            read = read with { Signer = json.Text("signer") ?? "", SignerKey = json.Hex("signer_key") ?? [], Signature = json.Hex("signature") ?? [] };
            if (!read.IsSigned || json.Text("group_uuid") != uuid || !suites.Verify(read.SignerKey.Span, read.Signer, SignedMessage(read), read.Signature.Span)) return RecordStatus.BadSignature;
        }

        group = read;
        return RecordStatus.Ok;
    }

    /// <summary>The group as the original client prints it, and our fields behind.</summary>
    public static byte[] Write(Group group)
    {
        JsonCWriter json = new JsonCWriter(JsonSpacing.Plain, sizeHint: 20 * 1024).BeginObject();
        if (group.IsDeleted)
        {
            json.Field("deleted", true).Field("group_uuid", group.Uuid).Field("creator", group.Creator).Field("created_at", group.CreatedAt).Field("version", group.Version);
        }
        else
        {
            json.Field("group_uuid", group.Uuid).Name("name").Raw(Quoted(group.Name)).Name("description").Raw(Quoted(group.Description))
                .Field("creator", group.Creator).Field("created_at", group.CreatedAt).Field("version", group.Version)
                .Field("member_count", (ulong)group.Members.Count).Name("members").BeginArray();
            foreach (string member in group.Members) json.Value(member);
            json.EndArray();
        }

        if (group.KeyVersion != 0) json.Field("gek_version", group.KeyVersion);
        if (group.IsSigned) json.Field("signer", group.Signer).Name("signer_key").Hex(group.SignerKey.Span).Name("signature").Hex(group.Signature.Span);
        return json.EndObject().ToArray();
    }

    /// <summary>
    /// What the signature covers: <c>"dna-group-v1" | uuid 36 | deleted 1 | created at 8 | version 4 | key version 4 | creator | signer | name | description | count 2 | members</c>; numbers
    /// big-endian, each text behind its length of 2 bytes.
    /// </summary>
    public static byte[] SignedMessage(Group group)
    {
        var message = new ByteWriter(2 * 1024);
        message.Bytes(Label).Text(group.Uuid).Byte(group.IsDeleted ? (byte)1 : (byte)0).UInt64(group.CreatedAt).UInt32(group.Version).UInt32(group.KeyVersion);
        foreach (string text in (string[])[group.Creator, group.Signer, group.Name, group.Description]) message.UInt16((ushort)Encoding.UTF8.GetByteCount(text)).Text(text);
        message.UInt16((ushort)group.Members.Count);
        foreach (string member in group.Members) message.UInt16((ushort)member.Length).Text(member);
        return message.ToArray();
    }

    private static string Complete(string creator, string[] members)
    {
        if (creator.Length > UserFingerprint.Length) return "";
        if (creator.Length == UserFingerprint.Length) return creator;
        // The first clients cut it to 32 characters (section 12.3); two members with one beginning leave it as it is.
        string[] candidates = [.. members.Where(member => creator.Length >= 32 && member.StartsWith(creator, StringComparison.Ordinal))];
        return candidates.Length == 1 ? candidates[0] : creator;
    }

    private static bool IsText(string text, int bytesMax) =>
        Encoding.UTF8.GetByteCount(text) <= bytesMax && !text.Any(character => character is '"' or '\\' || char.IsControl(character)) && IsPaired(text);

    // Half a surrogate pair is no character: it would be written as another one, and signed as itself.
    private static bool IsPaired(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i]))) return false;
        }

        return true;
    }

    private static byte[] Quoted(string text) => Encoding.UTF8.GetBytes($"\"{text}\"");
}
