using Dna.Fast.Wire;

namespace Dna.Fast.Settings.Keys;

/// <summary>Settings of the REST proxy: the network for programs that speak HTTP only.</summary>
internal static class ProxyKeys
{
    /// <summary>Each listen costs a connection and a subscription in the network; more than this is another machine's work.</summary>
    private const int ListensMax = 65_536;

    /// <summary>Each permanent put is announced every few minutes, to eight nodes.</summary>
    private const int PermanentPutsMax = 1_000_000;

    /// <summary>More than the program can answer: a larger number is a mistake.</summary>
    private const int RateMax = 1_000_000;

    /// <summary>Shorter ones are guessed.</summary>
    private const int TokenCharsMin = 16;

    private const int TokenCharsMax = 512;

    public static ConfigListKey<NodeAddress> Listen { get; } = new(
        "proxy.listen", "Addresses to serve the REST proxy on, apart from those of http.listen: whoever reaches one may read and put values through this node",
        "addresses such as \"127.0.0.1:8000\" or \"[::]:8000\"", HttpKeys.TryListen, address => address.ToString())
    {
        Flag = "--proxy",
        HelpName = "ADDR:PORT",
        DefaultInWords = "none: no proxy",
        Example = "[\"127.0.0.1:8000\"]",
    };

    public static ConfigKey<string?> Certificate { get; } = new(
        "proxy.certificate", ConfigKind.Text, "Certificate chain for TLS, PEM, the leaf first; read anew on SIGHUP", "a file, or nothing: no TLS",
        null, SettingTexts.TryOptionalPath, text => text!)
    {
        DefaultInWords = "none: no TLS",
        IsLive = true,
    };

    public static ConfigKey<string?> Key { get; } = new(
        "proxy.key", ConfigKind.Text, "Private key of that certificate, PEM without a password; no other user may be able to read it", "a file, or nothing",
        null, SettingTexts.TryOptionalPath, text => text!)
    {
        DefaultInWords = "none",
        IsLive = true,
    };

    public static ConfigKey<string?> Token { get; } = new(
        "proxy.token", ConfigKind.Text, "Who asks has to send \"Authorization: Bearer TOKEN\"; stock clients cannot", $"{TokenCharsMin} to {TokenCharsMax} visible ASCII characters",
        null, TryToken, text => text!)
    {
        IsSecret = true,
        IsLive = true,
        DefaultInWords = "none: everybody may ask",
    };

    public static ConfigKey<string> Origins { get; } = new(
        "proxy.origins", ConfigKind.Text, "Web sites whose pages may use the proxy from a browser (CORS), separated by spaces", "origins such as https://app.example.org, or * for all, or nothing for none",
        "*", TryOrigins, text => text)
    {
        IsLive = true,
    };

    public static ConfigKey<string?> Identity { get; } = new(
        "proxy.identity", ConfigKind.Text, "Identity that signs and encrypts for whoever asks: base name of dhtnode's files NAME.pem and NAME.crt", "a base name, or nothing: sign and encrypt are answered with 501",
        null, SettingTexts.TryOptionalPath, text => text!)
    {
        DefaultInWords = "none",
    };

    public static ConfigKey<int> RequestsPerSecond { get; } = Number("requests_per_second", "HTTP requests a second that are answered, of all sources together; 0: no limit", "requests", RateMax, 2000);

    public static ConfigKey<int> RequestsPerSource { get; } = Number(
        "requests_per_source", "HTTP requests a second of one source (IPv4 address or IPv6 /64) that are answered; 0: no limit, for a proxy behind another one", "requests", RateMax, 200);

    public static ConfigKey<int> Listens { get; } = Number("listens", "Open listen streams at once; 0: none", "streams", ListensMax, 2048);

    public static ConfigKey<int> ListensPerSource { get; } = Number("listens_per_source", "Open listen streams at once of one source; 0: no limit but that of all", "streams", ListensMax, 64);

    public static ConfigKey<int> PermanentPuts { get; } = Number("permanent_puts", "Values that are announced again and again for others, each for 24 hours; 0: none", "values", PermanentPutsMax, 4096);

    public static ConfigKey<int> PermanentPutsPerSource { get; } = Number("permanent_puts_per_source", "Of them, those of one source; 0: no limit but that of all", "values", PermanentPutsMax, 256);

    public static IReadOnlyList<ConfigKey> All { get; } =
        [Listen, Certificate, Key, Token, Origins, Identity, RequestsPerSecond, RequestsPerSource, Listens, ListensPerSource, PermanentPuts, PermanentPutsPerSource];

    /// <summary>What is wrong although each key by itself is right.</summary>
    public static IEnumerable<ConfigProblem> Check(Configuration configuration)
    {
        bool hasCertificate = configuration.Get(Certificate) is not null, hasKey = configuration.Get(Key) is not null;
        if (hasCertificate && !hasKey) yield return new ConfigProblem(configuration.PlaceOf(Certificate), Certificate.Path, "a certificate needs its key: say proxy.key too");
        if (hasKey && !hasCertificate) yield return new ConfigProblem(configuration.PlaceOf(Key), Key.Path, "a key needs its certificate: say proxy.certificate too");
    }

    private static ConfigKey<int> Number(string name, string description, string unit, int most, int fallback) => new(
        "proxy." + name, ConfigKind.Number, description, $"a number of {unit} from 0 to {most}", fallback, SettingTexts.Number(0, most), SettingTexts.Write)
    {
        IsLive = true,
    };

    private static bool TryToken(string text, out string? token)
    {
        token = text.Length == 0 ? null : text;
        return text.Length == 0 || (text.Length is >= TokenCharsMin and <= TokenCharsMax && text.All(c => c is > ' ' and <= '~'));
    }

    private static bool TryOrigins(string text, out string origins)
    {
        origins = text;
        return text.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(origin =>
            origin == "*" || (Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) && uri.GetLeftPart(UriPartial.Authority) == origin));
    }
}
