using System.Text;

namespace Dna.Fast.Messenger.Tests.Formats;

public sealed class JsonCWriterTests
{
    [Fact]
    public void Plain_text_has_no_space() =>
        Assert.Equal("""{"a":"b","n":18446744073709551615,"m":-5,"t":true,"o":{},"l":[1,"x",{"y":false}],"e":[]}""", Sample(JsonSpacing.Plain));

    [Fact]
    public void Spaced_text_has_json_cs_spaces() =>
        Assert.Equal("""{ "a": "b", "n": 18446744073709551615, "m": -5, "t": true, "o": { }, "l": [ 1, "x", { "y": false } ], "e": [ ] }""", Sample(JsonSpacing.Spaced));

    [Fact]
    public void Slashes_quotes_and_control_characters_are_escaped_and_nothing_else()
    {
        byte[] json = new JsonCWriter(JsonSpacing.Plain).BeginObject().Field("a/b", "\"\\/\b\n\r\t\f\u0001\u001f\u007fäß€😀<>&'+").EndObject().ToArray();
        Assert.Equal("""{"a\/b":"\"\\\/\b\n\r\t\f\u0001\u001f""" + "\u007fäß€😀<>&'+\"}", Encoding.UTF8.GetString(json));
    }

    [Fact]
    public void Bytes_are_lower_case_hex() =>
        Assert.Equal("""{"k":"00ab","e":""}""", Encoding.UTF8.GetString(new JsonCWriter(JsonSpacing.Plain).BeginObject().Name("k").Hex([0, 0xAB]).Name("e").Hex([]).EndObject().ToArray()));

    [Fact]
    public void What_is_written_is_read_again()
    {
        const string text = "line\n\"quoted\" \\ / \u0002 é 😀";
        Assert.True(JsonRecord.TryParse(new JsonCWriter(JsonSpacing.Spaced).BeginObject().Field("t", text).Field("n", 7UL).EndObject().ToArray(), out JsonRecord json));
        Assert.Equal(text, json.Text("t"));
        Assert.Equal(7UL, json.UInt64("n"));
        Assert.Null(json.Text("n"));
        Assert.Null(json.UInt64("t"));
        Assert.Null(json.Text("missing"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"a\":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]}")]
    public void What_is_no_object_is_not_read(string text) => Assert.False(JsonRecord.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void What_follows_an_object_is_not_looked_at() => Assert.True(JsonRecord.TryParse("{\"a\":1}\0"u8, out _));

    [Fact]
    public void Half_a_surrogate_pair_and_broken_UTF_8_are_no_text()
    {
        Assert.True(JsonRecord.TryParse("{\"a\":\"\\ud800\",\"b\":\"\xff\"}"u8, out JsonRecord json));
        Assert.Null(json.Text("a"));
        Assert.True(JsonRecord.TryParse([.. "{\"a\":\""u8, 0xFF, .. "\"}"u8], out json));
        Assert.Null(json.Text("a"));
    }

    [Fact]
    public void A_name_that_is_no_text_refuses_the_object_for_it_would_hide_others()
    {
        Assert.False(JsonRecord.TryParse("{\"\\ud800\":1,\"b\":2}"u8, out _));
        Assert.False(JsonRecord.TryParse("{\"b\":{\"c\":[{\"\\ud800\":1}]}}"u8, out _));
        Assert.False(JsonRecord.TryParse([.. "{\""u8, 0xFF, .. "\":1}"u8], out _));
        Assert.True(JsonRecord.TryParse("{\"\\ud83d\\ude00\":1}{\"\\ud800\":1}"u8, out JsonRecord json));
        Assert.Equal(1UL, json.UInt64("\ud83d\ude00"));
    }

    private static string Sample(object spacing) => Encoding.UTF8.GetString(new JsonCWriter((JsonSpacing)spacing)
        .BeginObject()
        .Field("a", "b").Field("n", ulong.MaxValue).Name("m").Value(-5L).Field("t", true)
        .Name("o").BeginObject().EndObject()
        .Name("l").BeginArray().Value(1UL).Value("x").BeginObject().Field("y", false).EndObject().EndArray()
        .Name("e").BeginArray().EndArray()
        .EndObject().ToArray());
}
