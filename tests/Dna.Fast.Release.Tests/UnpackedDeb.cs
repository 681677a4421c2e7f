using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Release.Tests;

/// <summary>The x64 package, unpacked and not installed; gone with the test class.</summary>
public sealed class UnpackedDeb : IAsyncLifetime
{
    private readonly TestDirectory _directory = new();

    public string File(string path) => Path.Combine(_directory.FullName, path);

    public async ValueTask InitializeAsync()
    {
        await Tool.SucceedAsync("dpkg-deb", "--raw-extract", Released.Deb(), _directory.FullName);
        foreach (string page in (string[])["usr/share/man/man1/dna.1", "usr/share/man/man5/dna.toml.5"]) await Tool.SucceedAsync("gunzip", File(page + ".gz"));
    }

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }
}
