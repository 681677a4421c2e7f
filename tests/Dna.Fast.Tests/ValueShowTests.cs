using System.Text.Json;
using CsCheck;
using Dna.Fast.Client;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Tests;

public sealed class ValueShowTests
{
    [Fact]
    public void A_text_is_shown_as_text() =>
        Assert.Equal("id=1f type=3 user_type=\"text/plain\" size=5 data=\"hello\"", ValueText.Line(Shown(Plain("hello"u8.ToArray()) with { Id = 0x1F, Type = 3, UserType = "text/plain" })));

    [Fact]
    public void A_strangers_control_characters_do_not_reach_the_terminal()
    {
        Assert.EndsWith(@"data=""\u{1b}[2Ja\""\\\n\u{202e}""", ValueText.Line(Shown(Plain("\e[2Ja\"\\\n\u202E"u8.ToArray()))), StringComparison.Ordinal);
        Gen.Byte.Array[0, 200].Sample(data => Assert.DoesNotContain(ValueText.Line(Shown(Plain(data))), char.IsControl));
    }

    [Fact]
    public void Binary_data_is_shown_in_digits_and_cut()
    {
        byte[] data = new byte[65];
        data[0] = 0xFF;
        Assert.EndsWith("…", ValueText.Line(Shown(Plain(data))), StringComparison.Ordinal);
        Assert.EndsWith("data=0xff00", ValueText.Line(Shown(Plain([0xFF, 0]))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_signed_value_shows_its_owner_and_that_it_was_verified()
    {
        VerifiedValue signed = Signed();
        Assert.Contains($" owner={signed.OwnerId} seq=5 verified ", ValueText.Line(Shown(signed)), StringComparison.Ordinal);
        Assert.Contains(" decrypted owner=", ValueText.Line(Shown(signed with { WasEncrypted = true })), StringComparison.Ordinal);
        Assert.DoesNotContain("verified", ValueText.Line(Shown(Plain([1]))), StringComparison.Ordinal);
    }

    [Fact]
    public void An_encrypted_value_for_somebody_else_shows_that_it_is_there() =>
        Assert.Equal("id=3 encrypted size=2", ValueText.Closed(Pack(new ValueBuilder { Id = 3, Cypher = new byte[] { 9, 8 } })));

    [Fact]
    public void Json_has_every_byte_of_any_data()
    {
        Gen.Byte.Array[0, 300].Sample(data =>
        {
            JsonElement value = Parse(ValueJson.Found(Shown(Plain(data) with { Id = ulong.MaxValue })));
            Assert.Equal("ffffffffffffffff", value.GetProperty("id").GetString());
            Assert.Equal(data, value.GetProperty("data").GetBytesFromBase64());
            Assert.Equal(data.Length, value.GetProperty("size").GetInt32());
            Assert.False(value.TryGetProperty("owner", out _));
            Assert.False(value.TryGetProperty("verified", out _));
        });
    }

    [Fact]
    public void Json_of_a_signed_value_names_its_owner()
    {
        VerifiedValue signed = Signed();
        JsonElement value = Parse(ValueJson.Found(Shown(signed)));
        Assert.Equal(signed.OwnerId.ToString(), value.GetProperty("owner").GetString());
        Assert.Equal(signed.Owner.ToArray(), value.GetProperty("owner_key").GetBytesFromBase64());
        Assert.Equal(5, value.GetProperty("seq").GetInt32());
        Assert.True(value.GetProperty("verified").GetBoolean());
        Assert.Equal(InfoHash.OfKey("to").ToString(), value.GetProperty("to").GetString());
        Assert.Equal("127.0.0.1:9", value.GetProperty("from").GetString());
        Assert.False(value.TryGetProperty("decrypted", out _));
        Assert.True(Parse(ValueJson.Found(Shown(signed with { WasEncrypted = true }))).GetProperty("decrypted").GetBoolean());
    }

    [Fact]
    public void Json_of_an_encrypted_value_has_its_cypher()
    {
        JsonElement value = Parse(ValueJson.Closed(new FoundValue(Pack(new ValueBuilder { Id = 3, Cypher = new byte[] { 9, 8 } }), default)));
        Assert.True(value.GetProperty("encrypted").GetBoolean());
        Assert.Equal([9, 8], value.GetProperty("cypher").GetBytesFromBase64());
        Assert.False(value.TryGetProperty("data", out _));
    }

    [Theory]
    [InlineData(ValueChange.Refreshed, "refreshed")]
    [InlineData(ValueChange.Gone, "expired")]
    public void Changes_without_a_value_have_their_id(ValueChange change, string name)
    {
        JsonElement value = Parse(ValueJson.Heard(change, 0xAB, null));
        Assert.Equal(name, value.GetProperty("event").GetString());
        Assert.Equal("ab", value.GetProperty("id").GetString());
    }

    [Theory]
    [InlineData(65_530, true)]
    [InlineData(65_531, false)]
    [InlineData(65_536, false)]
    [InlineData(70_000, false)]
    public void Values_over_the_limit_are_refused_with_their_size(int bytes, bool fits)
    {
        byte[]? packed = NewValue.Pack(ulong.MaxValue, 0, new byte[bytes], "", out string? problem);
        Assert.Equal(fits, packed is not null);
        Assert.Equal(fits, problem is null);
        if (!fits) Assert.Contains("65568", problem, StringComparison.Ordinal);
    }

    private static ShownValue Shown(VerifiedValue value) => new(value, value.Data, null);

    private static VerifiedValue Plain(byte[] data) => new() { Id = 1, Type = 0, Data = data, Packed = default };

    private static VerifiedValue Signed()
    {
        using var key = System.Security.Cryptography.RSA.Create(1024);
        byte[] spki = key.ExportSubjectPublicKeyInfo();
        return Plain([1]) with { Owner = spki, OwnerId = InfoHash.Of(spki), Seq = 5, Recipient = InfoHash.OfKey("to"), From = NodeAddress.V4(0x7F000001, 9) };
    }

    private static byte[] Pack(ValueBuilder value)
    {
        Assert.Equal(DecodeStatus.Ok, value.Pack(out byte[] packed));
        return packed;
    }

    private static JsonElement Parse(string line)
    {
        Assert.DoesNotContain('\n', line);
        return JsonDocument.Parse(line).RootElement;
    }
}
