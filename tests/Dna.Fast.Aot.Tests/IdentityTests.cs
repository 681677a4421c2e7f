using System.Text.Json;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Aot.Tests;

/// <summary>Identities under the native binary: the libraries it carries, a real terminal, and SIGKILL while a key file is saved.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class IdentityTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly Identities _home = new();

    public void Dispose() => _home.Dispose();

    // A person at a pseudo-terminal. Arguments: program, its arguments, "--", then the answers. Whatever is shown goes to the output; the last line is the exit code and
    // whether the terminal showed what was typed at any question. A question ends with ": "; the answer "^C" is the key.
    private const string Person = """
        import os, pty, select, sys, termios, time
        cut = sys.argv.index("--")
        command, answers = sys.argv[1:cut], sys.argv[cut + 1:]
        pid, screen = pty.fork()
        if pid == 0:
            os.execv(command[0], command)
        shown, asked, echoed, end = b"", 0, False, time.time() + 170
        while time.time() < end:
            if not select.select([screen], [], [], 0.5)[0]:
                continue
            try:
                data = os.read(screen, 4096)
            except OSError:
                break
            if not data:
                break
            shown += data
            if answers and shown.endswith(b": ") and len(shown) > asked:
                asked = len(shown)
                echoed = echoed or bool(termios.tcgetattr(screen)[3] & termios.ECHO)
                answer = answers.pop(0)
                os.write(screen, b"\x03" if answer == "^C" else answer.encode() + b"\n")
        else:
            os.kill(pid, 9)
        try:
            shows = bool(termios.tcgetattr(screen)[3] & termios.ECHO)
        except termios.error:
            shows = True
        status = os.waitpid(pid, 0)[1]
        sys.stdout.write(shown.decode().replace("\r\n", "\n"))
        print("\nend", os.waitstatus_to_exitcode(status), "echoed" if echoed else "silent", "shows" if shows else "hides", flush=True)
        """;

    [Fact]
    public async Task A_person_makes_an_identity_at_a_terminal_and_recovers_it_from_the_words()
    {
        const string passphrase = "ein längerer Satz";
        string[] made = await AtTerminalAsync(["id", "new", "--words", "12", "--dht-bits", "2048", "--out", _home.File("a.key")], passphrase, passphrase);
        Assert.Equal("end 0 silent shows", made[^1]);
        Assert.DoesNotContain(made, line => line.Contains("längerer", StringComparison.Ordinal));
        string[] words = [.. made.Where(line => line.Contains("1. ", StringComparison.Ordinal) || line.Contains("7. ", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(part => part.All(char.IsAsciiLetterLower))];
        Assert.Equal(12, words.Length);

        string[] mistyped = [.. words];
        mistyped[2] += "q";
        string[] recovered = await AtTerminalAsync(
            ["id", "recover", "--dht-bits", "2048", "--out", _home.File("b.key")], string.Join(' ', mistyped), string.Join("  ", words), passphrase, passphrase);
        Assert.Equal("end 0 silent shows", recovered[^1]);
        Assert.Contains(recovered, line => line.Contains("word 3 is not in the English word list; near to it: ", StringComparison.Ordinal) && line.Contains(words[2], StringComparison.Ordinal));
        Assert.Equal(await FingerprintAsync("a.key"), await FingerprintAsync("b.key"));

        string[] shown = await AtTerminalAsync(["id", "show", "--check", "--key", _home.File("b.key")], "wrong", passphrase);
        Assert.Equal("end 0 silent shows", shown[^1]);
        Assert.Contains(shown, line => line.Contains("does not open", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whoever_leaves_a_question_with_control_C_has_a_terminal_that_shows_what_is_typed()
    {
        string[] left = await AtTerminalAsync(["id", "new", "--out", _home.File("c.key")], "^C");
        Assert.EndsWith("silent shows", left[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("end 0", left[^1], StringComparison.Ordinal);
        Assert.False(File.Exists(_home.File("c.key")));
    }

    [Fact]
    public async Task Keys_of_both_suites_work_in_the_trimmed_binary()
    {
        foreach (string suite in (string[])["messenger", "fast"])
        {
            JsonElement made = await _home.NewAsync(suite, suite);
            JsonElement shown = JsonDocument.Parse(Assert.Single((await _home.SucceedAsync("id", "show", "--key", suite, "--check", "--json")).Output)).RootElement;
            Assert.True(shown.GetProperty("checked").GetBoolean());
            Assert.Equal(made.GetProperty("fingerprint").GetString(), shown.GetProperty("fingerprint").GetString());
        }

        // Importing signs with ML-DSA-87 and verifies, and encapsulates with Kyber: keys are taken only when they work.
        await _home.SucceedAsync("id", "export", "--key", "messenger", "--original", _home.File("original"));
        CommandResult imported = await _home.SucceedAsync("id", "import", _home.File("original"), "--out", _home.File("again.key"), "--json");
        Assert.Contains((await FingerprintAsync(Path.Combine(".dna", "messenger.key")))!, imported.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_file_survives_SIGKILL_while_its_passphrase_is_changed()
    {
        await _home.NewAsync("alice");
        string key = Path.Combine(_home.FullName, ".dna", "alice.key");
        string[] passphrases = [Identities.Passphrase, "the other passphrase"];
        for (int i = 0; i < 2; i++) await File.WriteAllTextAsync(_home.File($"pass{i}"), passphrases[i]);
        int current = 0, changed = 0, killed = 0;
        // A busy machine may let a change end before the kill comes: then another round is made.
        for (int round = 0; round < 40 && killed < 8; round++)
        {
            await using ChildProcess passwd = _home.Start(
                "id", "passwd", "--key", "alice", "--passphrase-file", _home.File($"pass{current}"), "--new-passphrase-file", _home.File($"pass{1 - current}"));
            DateTime before = File.GetLastWriteTimeUtc(key);
            // As soon as the new file lies beside the old one, or a little later: in the middle of the writing, the syncing or the renaming.
            long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
            while (!passwd.HasExited && !File.Exists(key + ".new") && File.GetLastWriteTimeUtc(key) == before && Environment.TickCount64 < deadline) Thread.SpinWait(1_000);
            Thread.SpinWait(1 << Random.Shared.Next(8, 20));
            passwd.KillNow();
            if (await passwd.WaitForExitAsync(Patience) != 0) killed++;
            if (await OpensAsync(current)) continue;
            Assert.True(await OpensAsync(1 - current), $"round {round}: neither passphrase opens the file");
            current = 1 - current;
            changed++;
        }

        output.WriteLine($"{killed} changes were killed, {changed} done");
        Assert.NotEqual(0, killed);
        Assert.Equal(0, (await _home.RunAsync("id", "passwd", "--key", "alice", "--passphrase-file", _home.File($"pass{current}"), "--new-passphrase-file", _home.File($"pass{1 - current}"))).ExitCode);
        Assert.Equal([key], Directory.GetFiles(Path.GetDirectoryName(key)!));

        async Task<bool> OpensAsync(int which) =>
            (await _home.RunAsync("id", "show", "--key", "alice", "--check", "--passphrase-file", _home.File($"pass{which}"))).ExitCode == 0;
    }

    private async Task<string[]> AtTerminalAsync(string[] arguments, params string[] answers)
    {
        await using ChildProcess person = ChildProcess.Start(
            "/usr/bin/env", ["-u", "DNA_PASSPHRASE", "HOME=" + _home.FullName, "/usr/bin/python3", "-c", Person, DnaBinary.Path, .. arguments, "--", .. answers], "apt-get install python3");
        Assert.True(await person.WaitForExitAsync(Patience) == 0, person.Output.Tail() + person.Errors.Tail());
        return [.. person.Output.Since(0)];
    }

    private async Task<string?> FingerprintAsync(string name)
    {
        CommandResult shown = await _home.SucceedAsync("id", "show", "--json", "--key", _home.File(name));
        return JsonDocument.Parse(Assert.Single(shown.Output)).RootElement.GetProperty("fingerprint").GetString();
    }
}
