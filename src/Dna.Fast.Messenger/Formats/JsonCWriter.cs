using System.Buffers;
using System.Globalization;
using System.Text;

namespace Dna.Fast.Messenger;

/// <summary>How json-c puts space between tokens.</summary>
internal enum JsonSpacing
{
    /// <summary>None: <c>{"a":1,"b":[]}</c>.</summary>
    Plain,

    /// <summary>json-c's default: <c>{ "a": 1, "b": [ ] }</c>.</summary>
    Spaced,
}

/// <summary>Writes JSON as json-c prints it, byte for byte: signatures cover such text, and old clients compare it.</summary>
/// <remarks>
/// Fields come in the order they are written. Escaped are <c>" \ /</c> and the control characters below space, these as <c>\b \n \r \t \f</c> or four lower-case hex
/// digits; everything else is written as it is, in UTF-8. The platform's writer escapes other characters, and never the slash. One thread.
/// </remarks>
internal sealed class JsonCWriter(JsonSpacing spacing, int sizeHint = 1024)
{
    private readonly ArrayBufferWriter<byte> _buffer = new(sizeHint);
    private bool _isFirst = true;
    private bool _isAfterName;

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public JsonCWriter BeginObject() => Begin("{"u8);

    public JsonCWriter EndObject() => End("}"u8);

    public JsonCWriter BeginArray() => Begin("["u8);

    public JsonCWriter EndArray() => End("]"u8);

    public JsonCWriter Name(string name)
    {
        Separate();
        Quote(name);
        _buffer.Write(spacing == JsonSpacing.Plain ? ":"u8 : ": "u8);
        _isAfterName = true;
        return this;
    }

    public JsonCWriter Value(string text)
    {
        Separate();
        Quote(text);
        return this;
    }

    public JsonCWriter Value(bool value) => Raw(value ? "true"u8 : "false"u8);

    public JsonCWriter Value(ulong number)
    {
        Separate();
        Span<byte> digits = _buffer.GetSpan(20);
        number.TryFormat(digits, out int written, default, CultureInfo.InvariantCulture);
        _buffer.Advance(written);
        return this;
    }

    public JsonCWriter Value(long number) => number >= 0 ? Value((ulong)number) : Raw(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Lower-case hex digits of bytes.</summary>
    public JsonCWriter Hex(ReadOnlySpan<byte> bytes)
    {
        Separate();
        Span<byte> quoted = _buffer.GetSpan(2 * bytes.Length + 2);
        quoted[0] = (byte)'"';
        Convert.TryToHexStringLower(bytes, quoted[1..], out int written);
        quoted[written + 1] = (byte)'"';
        _buffer.Advance(written + 2);
        return this;
    }

    public JsonCWriter Field(string name, string text) => Name(name).Value(text);

    public JsonCWriter Field(string name, ulong number) => Name(name).Value(number);

    public JsonCWriter Field(string name, bool value) => Name(name).Value(value);

    /// <summary>A text field that is left out when it is empty.</summary>
    public JsonCWriter OptionalField(string name, string text) => text.Length == 0 ? this : Field(name, text);

    /// <summary>A number field that is left out when it is 0.</summary>
    public JsonCWriter OptionalField(string name, ulong number) => number == 0 ? this : Field(name, number);

    /// <summary>A value that is JSON already.</summary>
    public JsonCWriter Raw(ReadOnlySpan<byte> json)
    {
        Separate();
        _buffer.Write(json);
        return this;
    }

    private JsonCWriter Begin(ReadOnlySpan<byte> bracket)
    {
        Separate();
        _buffer.Write(bracket);
        _isFirst = true;
        return this;
    }

    private JsonCWriter End(ReadOnlySpan<byte> bracket)
    {
        if (spacing == JsonSpacing.Spaced) _buffer.Write(" "u8);
        _buffer.Write(bracket);
        _isFirst = false;
        return this;
    }

    private void Separate()
    {
        if (_isAfterName)
        {
            _isAfterName = false;
            _isFirst = false;
            return;
        }

        if (!_isFirst) _buffer.Write(","u8);
        // The very first token of a text has no space before it; json-c puts one before every element.
        if (spacing == JsonSpacing.Spaced && _buffer.WrittenCount > 0) _buffer.Write(" "u8);
        _isFirst = false;
    }

    private void Quote(string text)
    {
        _buffer.Write("\""u8);
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            int plain = rest.IndexOfAny(Escaped);
            Encoding.UTF8.GetBytes(plain < 0 ? rest : rest[..plain], _buffer);
            if (plain < 0) break;
            Escape(rest[plain]);
            rest = rest[(plain + 1)..];
        }

        _buffer.Write("\""u8);
    }

    private void Escape(char character)
    {
        ReadOnlySpan<byte> escape = character switch
        {
            '"' => "\\\""u8,
            '\\' => "\\\\"u8,
            '/' => "\\/"u8,
            '\b' => "\\b"u8,
            '\n' => "\\n"u8,
            '\r' => "\\r"u8,
            '\t' => "\\t"u8,
            '\f' => "\\f"u8,
            _ => Encoding.ASCII.GetBytes($"\\u{(int)character:x4}"),
        };
        _buffer.Write(escape);
    }

    private static SearchValues<char> Escaped { get; } = SearchValues.Create(['"', '\\', '/', .. Enumerable.Range(0, 0x20).Select(code => (char)code)]);
}
