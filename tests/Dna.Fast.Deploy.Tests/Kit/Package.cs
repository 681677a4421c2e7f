using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Deploy.Tests.Kit;

/// <summary>The .deb, as tools/release.d packs it around the program under test.</summary>
internal static class Package
{
    private static readonly string[] Texts = ["dna.1", "dna.toml.5", "dna.bash", "_dna", "dna.fish"];

    /// <remarks>Without compression, which is what takes time.</remarks>
    /// <returns>Its path, which the machines see too.</returns>
    public static async Task<string> BuildAsync(Lab lab, string version)
    {
        string texts = lab.File("texts"), file = lab.File($"dna_{version}.deb");
        Directory.CreateDirectory(texts);
        // What the manual says is not asked here.
        foreach (string name in Texts) await File.WriteAllTextAsync(Path.Combine(texts, name), "\n");
        await MustAsync("env", "VERSION=" + version, "COMPRESSION=none", Path.Combine(Repository.Root, "tools", "release.d", "deb"), "amd64", Programs.Good, texts, file);
        return file;
    }

    /// <summary>Another version of a package, with another program in it.</summary>
    public static async Task<string> AnotherAsync(Lab lab, string package, string version)
    {
        string tree = lab.File("tree-" + version), file = lab.File($"dna_{version}.deb");
        await MustAsync("dpkg-deb", "--raw-extract", package, tree);
        string control = Path.Combine(tree, "DEBIAN", "control");
        string[] lines = await File.ReadAllLinesAsync(control);
        await File.WriteAllLinesAsync(control, lines.Select(line => line.StartsWith("Version:", StringComparison.Ordinal) ? "Version: " + version : line));
        await File.AppendAllTextAsync(Path.Combine(tree, "usr", "bin", "dna"), version);
        await MustAsync("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, file);
        return file;
    }

    private static async Task MustAsync(string program, params string[] arguments)
    {
        Ended ended = await Ended.RunAsync(program, arguments);
        if (ended.Code != 0) throw new InvalidOperationException($"{program}: {ended}");
    }
}
