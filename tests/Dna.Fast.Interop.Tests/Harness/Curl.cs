using System.Globalization;
using System.Text.Json;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>What <c>curl</c> got.</summary>
/// <param name="Headers">By their names in lower case.</param>
internal sealed record CurlAnswer(int Status, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<string> Lines)
{
    /// <summary>The only line, as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Assert.Single(Lines)).RootElement;

    /// <summary>Each line as JSON.</summary>
    public IReadOnlyList<JsonElement> Values => [.. Lines.Select(line => JsonDocument.Parse(line).RootElement)];
}

/// <summary>Asks as people and scripts do.</summary>
internal static class Curl
{
    private const string Install = "apt-get install curl";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>One request, to its end.</summary>
    public static async Task<CurlAnswer> AskAsync(string url, params string[] options)
    {
        await using ChildProcess curl = ChildProcess.Start("curl", ["-s", "-S", "-i", "-m", "60", .. options, url], Install);
        curl.CloseInput();
        int? code = await curl.WaitForExitAsync(Patience + Patience);
        Assert.True(code == 0, $"curl ended with {code}: {curl.Errors.Tail()}");
        IReadOnlyList<string> lines = curl.Output.Since(0);
        string[] head = [.. lines.TakeWhile(line => line.Length > 0)];
        var headers = head.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[1].TrimEnd());
        return new CurlAnswer(int.Parse(head[0].Split(' ')[1], CultureInfo.InvariantCulture), headers, [.. lines.Skip(head.Length).Where(line => line.Length > 0)]);
    }

    /// <summary>Puts a value object.</summary>
    public static Task<CurlAnswer> PostAsync(string url, string body) => AskAsync(url, "-H", "Content-Type: application/json", "-d", body);

    /// <summary>A stream that stays open, line by line.</summary>
    public static ChildProcess Stream(string url) => ChildProcess.Start("curl", ["-s", "-S", "-N", url], Install);
}
