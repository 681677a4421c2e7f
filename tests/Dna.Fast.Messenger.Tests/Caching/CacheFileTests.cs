using CsCheck;

namespace Dna.Fast.Messenger.Tests.Caching;

public sealed class CacheFileTests
{
    private static readonly Gen<SavedEntry> Entries = Gen.Select(
        Gen.String[0, 40], Gen.Long[0, long.MaxValue], Gen.Long[0, long.MaxValue], Gen.Byte.Array[0, 200], (key, at, ttl, payload) => new SavedEntry(Plain(key), at, ttl, payload));

    [Fact]
    public void What_was_written_is_read_again() => Entries.List[0, 20].Sample(entries =>
    {
        IReadOnlyList<SavedEntry>? read = CacheFile.Read(CacheFile.Write(entries));
        Assert.NotNull(read);
        Assert.Equal(entries.Select(Text), read.Select(Text));
    });

    [Fact]
    public void A_file_with_any_byte_changed_is_damaged() => Gen.Select(Entries.List[0, 5], Gen.Int[0, int.MaxValue], Gen.Byte[1, 255]).Sample((entries, at, change) =>
    {
        byte[] file = CacheFile.Write(entries);
        file[at % file.Length] ^= change;
        Assert.Null(CacheFile.Read(file));
    });

    [Fact]
    public void A_file_that_was_cut_is_damaged() => Gen.Select(Entries.List[0, 5], Gen.Int[0, int.MaxValue]).Sample((entries, at) =>
    {
        byte[] file = CacheFile.Write(entries);
        Assert.Null(CacheFile.Read(file.AsSpan(0, at % file.Length)));
    });

    [Fact]
    public void Whatever_lies_under_a_right_hash_is_read_or_refused_and_never_throws() => Gen.Select(Gen.Byte.Array[0, 200], Gen.Bool).Sample((bytes, hasBegin) =>
    {
        byte[] content = hasBegin ? [.. "DNFC"u8, 1, 0, 0, 0, 1, .. bytes] : bytes;
        _ = CacheFile.Read([.. content, .. System.Security.Cryptography.SHA256.HashData(content)]);
        _ = KeptRecordFile.Read([.. content, .. System.Security.Cryptography.SHA256.HashData(content)]);
    });

    [Fact]
    public void Bytes_are_laid_out_as_the_contract_says()
    {
        byte[] file = CacheFile.Write([new SavedEntry("ab", 0x0102, 0x03, [9, 8])]);
        Assert.Equal("444E464301000000010002616200000000000001020000000000000003000000020908", Convert.ToHexString(file[..^32]));
    }

    // A lone surrogate is no text: it comes back as the replacement character.
    private static string Plain(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));

    private static string Text(SavedEntry entry) => $"{entry.Key} {entry.CachedAtMs} {entry.TtlMs} {Convert.ToHexString(entry.Payload)}";
}
