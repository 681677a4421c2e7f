using System.CommandLine;
using System.Globalization;
using Dna.Fast.Identities;
using Dna.Fast.Identity;

namespace Dna.Fast.Commands.Id;

/// <summary>What several identity commands take.</summary>
internal static class IdOptions
{
    public static Option<string?> Key() => new("--key")
    {
        Description = "The key file, or its name in ~/.dna [default: ~/.dna/identity.key]",
        HelpName = "FILE",
    };

    public static Option<string?> NetworkKey(string use) => new("--key")
    {
        Description = $"{use}: a key file, its name in ~/.dna, or X.pem beside X.crt",
        HelpName = "FILE",
    };

    public static Option<string?> PassphraseFile() => new("--passphrase-file")
    {
        Description = $"Takes the passphrase from a file's first line; else {PassphraseSource.Variable}, else a prompt",
        HelpName = "F",
    };

    public static Option<bool> Json() => new("--json") { Description = "One JSON object" };

    public static TextOption<string> Suite() => Texts.Option(
        "--suite", "messenger: what the original client reads; fast: small keys and signatures, for dna alone", "NAME", ("messenger", "messenger"), TrySuite, "messenger or fast");

    public static Option<string?> Out() => new("--out") { Description = "Where the key file goes [default: ~/.dna/NAME.key]", HelpName = "FILE" };

    public static TextOption<string> Name() => Texts.Option(
        "--name", "What you call it; not secret", "NAME", ("", ""), TryName, $"a name of at most {UserIdentity.NameBytesMax} bytes without control characters");

    public static TextOption<int> DhtBits() => Texts.Option(
        "--dht-bits", "Size of the DHT identity's RSA key; another size is another identity", "N",
        ($"{RsaIdentity.BitsDefault}", RsaIdentity.BitsDefault), TryBits, "2048, 3072, 4096 or another multiple of 128 up to 8192");

    private static bool TrySuite(string text, out string suite)
    {
        suite = text;
        return text is "messenger" or "fast";
    }

    private static bool TryName(string text, out string name)
    {
        name = text;
        return UserIdentity.IsName(text);
    }

    private static bool TryBits(string text, out int bits) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bits) && bits is >= 2048 and <= 8192 && bits % 128 == 0;
}
