using Dna.Fast.Deploy.Tests.Kit;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Deploy.Tests;

/// <summary>What all scripts have in common, before any of them does anything.</summary>
public sealed class ScriptTests
{
    public static readonly TheoryData<string> Names = [.. Script.Names];

    [Fact]
    public async Task Shellcheck_has_nothing_to_say()
    {
        string lab = Path.Combine(Repository.Root, "tests", "Dna.Fast.Deploy.Tests", "Lab");
        string[] files = [.. Script.Names.Concat(Script.Shared).Select(Script.PathOf), .. Directory.GetFiles(lab).Order()];
        Ended ended = await Ended.RunAsync("shellcheck", ["--external-sources", .. files]);
        Assert.True(ended.Code == 0, ended.ToString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Help_has_examples_and_says_how_it_ends(string name)
    {
        Ended help = await Ended.RunAsync(Script.PathOf(name), "--help");
        Assert.Equal(0, help.Code);
        Assert.Contains("Examples:\n  " + name, help.Text, StringComparison.Ordinal);
        Assert.Contains("Exit codes", help.Text, StringComparison.Ordinal);
        foreach (string option in (string[])["--dry-run", "--json", "--service-command"]) Assert.Contains("  " + option, help.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("set -", help.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("install")]
    [InlineData("install", "file", "another")]
    [InlineData("install", "file", "--port", "0")]
    [InlineData("install", "file", "--port", "70000")]
    [InlineData("install", "file", "--wait", "soon")]
    [InlineData("install", "file", "--bootstrap", "\"; x = \"")]
    [InlineData("install", "file", "--restore")]
    [InlineData("deploy")]
    [InlineData("deploy", "host")]
    [InlineData("deploy", "--file", "/nowhere/dna", "host")]
    [InlineData("deploy", "--file")]
    [InlineData("upgrade", "host")]
    [InlineData("upgrade", "--file", "/bin/sh")]
    [InlineData("upgrade", "--file", "/bin/sh", "-oProxyCommand=x")]
    [InlineData("upgrade", "--file", "/bin/sh", "host", "--tolerate", "-1")]
    [InlineData("monitor", "host;id")]
    [InlineData("monitor", "--every", "0")]
    [InlineData("monitor", "--nonsense")]
    [InlineData("verify", "$(id)")]
    [InlineData("verify", "--patience")]
    [InlineData("verify", "host", "host")]
    [InlineData("monitor", "--hosts", "/nowhere/hosts")]
    [InlineData("monitor", "--hosts", "/dev/null")]
    [InlineData("monitor", "--parallel", "0", "host")]
    [InlineData("upgrade", "--file", "/bin/sh", "host", "--pause", "soon")]
    [InlineData("deploy", "--file", "/bin/sh", "host", "--wait", "soon")]
    public async Task What_makes_no_sense_ends_with_2_and_nothing_is_asked(string name, params string[] words)
    {
        Ended ended = await Ended.RunAsync(Script.PathOf(name), [.. words, "--via", "false"]);
        Assert.True(ended.Code == 2, ended.ToString());
        Assert.Empty(ended.Text);
        Assert.Contains("--help", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Pain_41_nothing_is_ever_killed()
    {
        foreach (string name in Script.Names.Concat(Script.Shared))
        {
            string text = File.ReadAllText(Script.PathOf(name));
            foreach (string word in (string[])["kill -", "pkill", "killall", "SIGKILL", "--kill-after"]) Assert.DoesNotContain(word, text, StringComparison.Ordinal);
        }
    }
}
