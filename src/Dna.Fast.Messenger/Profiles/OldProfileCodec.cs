namespace Dna.Fast.Messenger;

/// <summary>The deprecated profile (DNA layer, section 9.4): what its user showed, before there was a unified identity. Its signature was never checked by anybody, and it names no key.</summary>
public sealed record OldProfile(string DisplayName, string Bio, string AvatarHash, string Location, string Website, ulong CreatedAt, ulong UpdatedAt);

/// <summary>Reads deprecated profiles: <c>length 8 | JSON | length 8 | signature</c>, lengths big-endian. They are not written any more. Any thread.</summary>
public static class OldProfileCodec
{
    /// <summary>Reads one; texts are cut to the fields of the unified identity.</summary>
    public static RecordStatus Read(ReadOnlySpan<byte> data, out OldProfile? profile)
    {
        profile = null;
        var reader = new ByteReader(data);
        if (!reader.TryUInt64(out ulong length) || length > (ulong)data.Length || !reader.TryBytes((uint)length, out ReadOnlySpan<byte> text)) return RecordStatus.Malformed;
        if (!reader.TryUInt64(out ulong signatureLength) || signatureLength > (ulong)reader.Rest.Length) return RecordStatus.Malformed;
        if (!JsonRecord.TryParse(text, out JsonRecord json)) return RecordStatus.Malformed;
        profile = new OldProfile(
            ProfileText.Cut(json.Text("display_name"), ProfileMessages.DisplayNameSize),
            ProfileText.Cut(json.Text("bio"), ProfileMessages.BioSize),
            ProfileText.Cut(json.Text("avatar_hash"), ProfileMessages.AvatarSize),
            ProfileText.Cut(json.Text("location"), ProfileMessages.LocationSize),
            ProfileText.Cut(json.Text("website"), ProfileMessages.WebsiteSize),
            json.UInt64("created_at") ?? 0,
            json.UInt64("updated_at") ?? 0);
        return RecordStatus.Ok;
    }
}
