using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Aot.Tests;

/// <summary>What the README lets people paste.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ReadmeTests
{
    private const string Title = "## A chat between two people";

    /// <summary>Some forty commands, each with a passphrase to derive a key from, on a machine that may be busy.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    // Stands before the program in the PATH: the node is on a free port, and small keys are made sooner.
    private const string Program = """
        #!/bin/sh
        case "$1 $2" in
            "id new" | "id recover") exec "$DNA_UNDER_TEST" "$@" --dht-bits 2048 ;;
            "contacts list") exec "$DNA_UNDER_TEST" "$@" ;;
            *) exec "$DNA_UNDER_TEST" "$@" -b "$NODE_UNDER_TEST" ;;
        esac
        """;

    // What the README uses of jq, which need not be installed: -r .NAME [FILE].
    private const string Jq = """
        #!/usr/bin/python3
        import json, sys
        source = open(sys.argv[3]) if len(sys.argv) > 3 else sys.stdin
        for line in source:
            print(json.loads(line)[sys.argv[2][1:]])
        """;

    [Fact]
    public async Task The_chat_runs_as_it_is_pasted()
    {
        using var home = new TestDirectory();
        await using DnaProcess node = await DnaProcess.StartAsync();
        await ProgramAsync(home.File("dna"), Program);
        await ProgramAsync(home.File("jq"), Jq);
        string[] lines = [.. await PastedAsync()];
        Assert.Contains(lines, line => line.Contains("msg send", StringComparison.Ordinal));
        // The program's place and the passphrase are the test's.
        await File.WriteAllLinesAsync(home.File("chat.sh"), ["set -euo pipefail", .. lines.Where(line => !line.StartsWith("export PATH=", StringComparison.Ordinal))]);

        await using ChildProcess chat = ChildProcess.Start(
            "/usr/bin/env",
            [
                $"PATH={home.FullName}:{Environment.GetEnvironmentVariable("PATH")}", $"DNA_UNDER_TEST={DnaBinary.Path}", $"NODE_UNDER_TEST={node.Address}",
                $"DNA_PASSPHRASE={Identities.Passphrase}",
                $"TMPDIR={home.FullName}", "bash", home.File("chat.sh"),
            ],
            "apt-get install bash python3");
        chat.CloseInput();
        int? code = await chat.WaitForExitAsync(Patience);
        Assert.True(code == 0, $"ended with {code}:\n{chat.Output.Tail()}{chat.Errors.Tail()}");
        IReadOnlyList<string> said = chat.Output.Since(0);
        // What was sealed for Bob alone, said to the group, and posted for everybody was all read by him.
        foreach (string text in (string[])["\"Hello, Bob\"", "\"Hello, all\"", "\"Hello, world\""]) Assert.Contains(said, line => line.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>The lines of code of the chapter, without the prose around them.</summary>
    private static async Task<IEnumerable<string>> PastedAsync()
    {
        string[] readme = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "README.md"));
        return readme.SkipWhile(line => line != Title).Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("    ", StringComparison.Ordinal)).Select(line => line[4..]);
    }

    private static async Task ProgramAsync(string path, string text)
    {
        await File.WriteAllTextAsync(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
