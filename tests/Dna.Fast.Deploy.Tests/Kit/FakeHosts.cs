using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Deploy.Tests.Kit;

/// <summary>Hosts that are nothing but a <c>--via</c>: they answer what real ones with a healthy node would answer, or hang, and cost nothing.</summary>
internal sealed class FakeHosts : IDisposable
{
    private readonly TestDirectory _directory = new();

    /// <param name="before">Lines of a shell script that run before each answer: <c>$1</c> is the host, <c>$2</c> the command, the folder is one of the test's own.</param>
    public FakeHosts(string before = "")
    {
        File.WriteAllText(
            Path,
            $$"""
            cd {{_directory.FullName}} || exit 9
            {{before}}
            case "$2" in *'echo reached'*) echo reached; exit ;; esac
            cat >/dev/null
            printf '%s\n' reached=yes active=yes installed=yes 'version=dna 1.2.3' sha256=ab readiness=ready 'unwell=clock warning: it says "tomorrow"' contacts=20 values=1234 uptime=200000 \
                resident=- address=127.0.0.1:4000 load=0.12 disk_free=10485760 errors=0
            """);
    }

    private string Path => _directory.File("via");

    /// <summary>Runs a script of tools/deploy over these hosts.</summary>
    public async Task<Report> RunAsync(string name, params string[] words) => Script.Read(await Ended.RunAsync(Script.PathOf(name), ["--json", "--via", $"sh {Path} {{host}}", .. words]));

    /// <summary>The same, as people read it.</summary>
    public Task<Ended> ShowAsync(string name, params string[] words) => Ended.RunAsync(Script.PathOf(name), ["--via", $"sh {Path} {{host}}", .. words]);

    public string Write(string name, string text)
    {
        File.WriteAllText(_directory.File(name), text);
        return _directory.File(name);
    }

    public string[] Lines(string name) => File.ReadAllLines(_directory.File(name));

    public void Dispose() => _directory.Dispose();
}
