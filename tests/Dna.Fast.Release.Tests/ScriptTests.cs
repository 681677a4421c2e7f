using System.Xml.Linq;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Release.Tests;

/// <summary>The scripts that make a release, and those that a package runs.</summary>
public sealed class ScriptTests
{
    public static TheoryData<string> Scripts { get; } =
    [
        "tools/release", "tools/release.d/natives", "tools/release.d/deb", "tools/release.d/image", "tools/release.d/client", "tools/release.d/reproducible.sh",
        "tools/release.d/debian/postinst", "tools/release.d/debian/prerm", "tools/release.d/debian/postrm",
    ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Nothing_is_wrong_with_a_script(string script)
    {
        string path = Path.Combine(Repository.Root, script);
        await Tool.SucceedAsync("env", "--chdir", Repository.Root, "shellcheck", "--external-sources", path);
    }

    /// <summary>The clients have a project of their own for the same sources: what the program gets, they get.</summary>
    [Theory]
    [InlineData("EmbeddedResource", "LogicalName")]
    [InlineData("PackageReference", "Include")]
    [InlineData("FrameworkReference", "Include")]
    [InlineData("ProjectReference", "Include")]
    public void The_clients_are_made_of_the_same_parts(string element, string attribute)
    {
        string[] Parts(params string[] path) =>
            [.. XDocument.Load(Path.Combine([Repository.Root, .. path])).Descendants(element).Select(item => Path.GetFileName(item.Attribute(attribute)!.Value)).Order(StringComparer.Ordinal)];
        // The library that the program loads from memory lies beside the clients' code instead.
        Assert.Equal(Parts("src", "Dna.Fast", "Dna.Fast.csproj").Where(part => (element, part) != ("EmbeddedResource", "libsodium")), Parts("tools", "release.d", "clients", "Dna.Fast.Clients.csproj"));
    }

    [Fact]
    public async Task Help_says_what_a_release_is_and_nonsense_is_refused()
    {
        string release = Path.Combine(Repository.Root, "tools", "release");
        Assert.Contains("--no-clients", (await Tool.SucceedAsync(release, "--help")).Text, StringComparison.Ordinal);
        Ended refused = await Tool.RunAsync(release, "--nonsense");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(refused.Errors, line => line.Contains("--nonsense", StringComparison.Ordinal));
    }
}
