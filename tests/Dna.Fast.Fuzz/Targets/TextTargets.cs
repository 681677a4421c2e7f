using System.Text;
using System.Text.RegularExpressions;
using Dna.Fast.Kademlia;
using Dna.Fast.Settings;
using Dna.Fast.Settings.Sources;
using Dna.Fast.Wire;

namespace Dna.Fast.Fuzz.Targets;

/// <summary>What people type and write into settings.</summary>
internal static class TextTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        Text("node-address", text => NodeAddress.TryParse(text, 4000, out _), "192.0.2.1", "192.0.2.1:4222", "[2001:db8::7]:4222", "2001:db8::7"),
        Text("host-port", text => HostPort.TryParse(text, out _, out _), "node.example.org", "node.example.org:4222", "192.0.2.1:4222", "[2001:db8::7]:4222"),
        Text("byte-size", text => ByteSize.TryParse(text, out _), "64M", "1G", "1048576", "512k"),
        Text("value-type", text => ValueTypeText.TryParse(text, out _), "7d", "365d", "4097"),
        Text("where", text => WhereText.TryParse(text, out _, out _), "id=1f", "value_type=7d", "user_type=text/plain", "owner_pk=0123456789abcdef0123456789abcdef01234567"),
        Text("rate-limit", text => RateLimitText.TryParse(text, out _), "off", "1000", "1000,20"),
        Text("value-id", text => HexId.TryParse(text, out _), "1", "ffffffffffffffff"),
        Text("key-name", text => KeyName.TryParse(text, out _), "0123456789abcdef0123456789abcdef01234567", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
        // A syntax tree of every sign.
        Text("configuration-file", text => TomlDocument.Read(text, "F").Problems.Count == 0, ConfigSample.Write(), Regex.Replace(ConfigSample.Write(), "^#(?=[a-z])", "", RegexOptions.Multiline)) with
        {
            AllocatedBase = 1 << 20,
            AllocatedPerByte = 4096,
            BytesMax = 70_000,
            TestInputs = 500,
        },
        Text("infohash", text => InfoHash.TryParse(text, out _), "0123456789abcdef0123456789abcdef01234567"),
    ];

    private static FuzzTarget Text(string name, Func<string, bool> parse, params string[] seeds) =>
        new(name, FuzzFormat.Text, [.. seeds.Select(Encoding.UTF8.GetBytes)], bytes => parse(Encoding.UTF8.GetString(bytes))) { TestInputs = 5000, BytesMax = 4096 };
}
