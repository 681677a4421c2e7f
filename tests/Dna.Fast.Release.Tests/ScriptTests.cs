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
