using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace Dna.Fast.Release.Tests;

/// <summary>What is published: checksums, programs that need nothing, and a list of what they are made of.</summary>
public sealed class FilesTests
{
    [Fact]
    public async Task Every_file_has_its_checksum()
    {
        string[] lines = await File.ReadAllLinesAsync(Released.File("SHA256SUMS"));
        Dictionary<string, string> sums = lines.Select(line => line.Split("  ")).ToDictionary(parts => parts[1], parts => parts[0]);
        IEnumerable<string> files = Directory.GetFiles(Released.Folder).Select(path => Path.GetFileName(path)!).Where(name => name != "SHA256SUMS");
        Assert.Equal(files.Order(StringComparer.Ordinal), sums.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, string sum) in sums)
        {
            await using FileStream file = File.OpenRead(Released.File(name));
            Assert.Equal(sum, Convert.ToHexStringLower(await SHA256.HashDataAsync(file)));
        }
    }

    /// <summary>ELF: type ET_DYN is position-independent; no PT_INTERP asks for a loader; the machine is 62 (x64) or 183 (arm64).</summary>
    [Theory]
    [InlineData("linux-x64", 62)]
    [InlineData("linux-arm64", 183)]
    public async Task A_program_is_static_and_position_independent(string target, int machine)
    {
        byte[] program = await File.ReadAllBytesAsync(Released.Program(target));
        Assert.Equal(3, BinaryPrimitives.ReadUInt16LittleEndian(program.AsSpan(16)));
        Assert.Equal(machine, BinaryPrimitives.ReadUInt16LittleEndian(program.AsSpan(18)));
        int table = (int)BinaryPrimitives.ReadUInt64LittleEndian(program.AsSpan(32));
        int size = BinaryPrimitives.ReadUInt16LittleEndian(program.AsSpan(54));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(program.AsSpan(56));
        uint[] types = [.. Enumerable.Range(0, count).Select(index => BinaryPrimitives.ReadUInt32LittleEndian(program.AsSpan(table + (index * size))))];
        const uint Load = 1, Interpreter = 3;
        Assert.Contains(Load, types);
        Assert.DoesNotContain(Interpreter, types);
    }

    /// <summary>Both run here, arm64 by an emulator: libsodium answers, and a new key needs OpenSSL's randomness and RSA.</summary>
    [Theory]
    [InlineData("linux-x64", "")]
    [InlineData("linux-arm64", "qemu-aarch64-static")]
    public async Task Its_libraries_are_inside(string target, string emulator)
    {
        using var directory = new Interop.Tests.Harness.TestDirectory();
        string[] program = emulator.Length == 0 ? [Released.Program(target)] : [emulator, Released.Program(target)];
        Ended version = await Tool.SucceedAsync([.. program, "--version"]);
        Assert.Equal($"dna {Released.Version} (libsodium 1.0.22)", version.Text);
        string passphrase = directory.File("passphrase");
        await File.WriteAllTextAsync(passphrase, "correct horse battery\n");
        File.SetUnixFileMode(passphrase, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Ended made = await Tool.SucceedAsync([.. program, "id", "new", "--dht-bits", "2048", "--out", directory.File("id.key"), "--passphrase-file", passphrase, "--json"]);
        Assert.Equal(24, JsonDocument.Parse(made.Text).RootElement.GetProperty("mnemonic").GetString()!.Split(' ').Length);
    }

    [Fact]
    public async Task The_list_of_parts_names_every_package_of_the_lock_file_and_every_program()
    {
        JsonElement list = JsonDocument.Parse(await File.ReadAllTextAsync(Released.File($"dna-{Released.Version}.spdx.json"))).RootElement;
        Assert.Equal("SPDX-2.3", list.GetProperty("spdxVersion").GetString());
        Dictionary<string, string> packages = list.GetProperty("packages").EnumerateArray().GroupBy(item => item.GetProperty("name").GetString()!)
            .ToDictionary(group => group.Key, group => group.First().GetProperty("versionInfo").GetString()!);
        JsonElement locked = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Interop.Tests.Harness.Repository.Root, "src", "Dna.Fast", "packages.lock.json")))
            .RootElement.GetProperty("dependencies").GetProperty("net10.0");
        foreach (JsonProperty package in locked.EnumerateObject())
        {
            if (package.Value.GetProperty("type").GetString() == "Project" || package.Name is "Microsoft.DotNet.ILCompiler" or "Microsoft.NET.ILLink.Tasks") continue;
            Assert.Equal(package.Value.GetProperty("resolved").GetString(), packages[package.Name]);
        }

        foreach (string linked in (string[])["libssl-dev", "libsodium-dev", "libc6-dev", "Microsoft.NETCore.App"]) Assert.Contains(linked, packages.Keys);
        foreach (JsonElement file in list.GetProperty("files").EnumerateArray())
        {
            string path = Released.File(file.GetProperty("fileName").GetString()![2..]);
            string sum = file.GetProperty("checksums").EnumerateArray().Single(sum => sum.GetProperty("algorithm").GetString() == "SHA256").GetProperty("checksumValue").GetString()!;
            Assert.Equal(sum, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path))));
        }

        // What has no known license was read by nobody.
        Assert.All(list.GetProperty("packages").EnumerateArray(), item => Assert.NotEqual("NOASSERTION", item.GetProperty("licenseDeclared").GetString()));
        Assert.Contains(list.GetProperty("files").EnumerateArray(), file => file.GetProperty("fileName").GetString() == $"./dna-{Released.Version}-linux-arm64");
        string[] ids = [.. list.GetProperty("packages").EnumerateArray().Concat(list.GetProperty("files").EnumerateArray()).Select(item => item.GetProperty("SPDXID").GetString()!)];
        Assert.Distinct(ids);
        foreach (JsonElement relationship in list.GetProperty("relationships").EnumerateArray()) Assert.Contains(relationship.GetProperty("relatedSpdxElement").GetString()!, ids);
    }
}
