using System.Security.Cryptography;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Release.Tests;

/// <summary>Packed a second time, elsewhere, by another clock and under another umask: the same bytes.</summary>
public sealed class ReproducibleTests(UnpackedDeb deb) : IClassFixture<UnpackedDeb>
{
    private static readonly string Tools = Path.Combine(Repository.Root, "tools", "release.d");

    /// <summary>Time and commit as the release has them, of which the list of parts tells.</summary>
    private const string AsReleased = """
        list() { python3 -c "import datetime, json, sys; d = json.load(open(sys.argv[1])); $1" "$2"; }
        parts=$(echo "$0"/dna-*.spdx.json)
        export SOURCE_DATE_EPOCH=$(list "print(int(datetime.datetime.fromisoformat(d['creationInfo']['created']).timestamp()))" "$parts")
        commit=$(list "print(d['packages'][0]['sourceInfo'].split()[1])" "$parts")

        """;

    [Fact]
    public async Task The_packages_are_the_same()
    {
        using var directory = new TestDirectory();
        string texts = directory.File("texts");
        string copy = directory.File("another-name");
        await RepeatAsync(
            """
            umask 077
            mkdir "$3"
            cp "$4" "$5"
            "$4" man dna.1 >"$3/dna.1"; "$4" man dna.toml.5 >"$3/dna.toml.5"
            "$4" completions bash >"$3/dna.bash"; "$4" completions zsh >"$3/_dna"; "$4" completions fish >"$3/dna.fish"
            TMPDIR=$2 LC_ALL=C.UTF-8 TZ=Asia/Tokyo "$1/deb" amd64 "$5" "$3" "$2/again.deb"
            """,
            Tools, directory.FullName, texts, Released.Program(), copy);
        Assert.Equal(Sum(Released.Deb()), Sum(directory.File("again.deb")));
        Assert.Equal(Sum(deb.File("usr/bin/dna")), Sum(Released.Program()));
    }

    [Fact]
    public async Task The_image_is_the_same()
    {
        using var directory = new TestDirectory();
        await RepeatAsync(
            """umask 077; TMPDIR=$2 LC_ALL=C.UTF-8 TZ=Asia/Tokyo "$1/image" "$3" "$4" "$2/again.tar" """,
            Tools, directory.FullName, Released.Program(), Released.Program("linux-arm64"));
        Assert.Equal(Sum(Released.Image), Sum(directory.File("again.tar")));
    }

    [Fact]
    public async Task The_list_of_parts_is_the_same() =>
        await RepeatAsync(
            """
            cd "$1"
            TZ=Asia/Tokyo python3 tools/release.d/sbom.py "$2" "$commit" "$3" | cmp - "$3/dna-$2.spdx.json"
            """,
            Repository.Root, Released.Version, Released.Folder);

    private static Task<Ended> RepeatAsync(string script, params string[] arguments) =>
        Tool.SucceedAsync(["bash", "-euo", "pipefail", "-c", AsReleased + script, Released.Folder, .. arguments]);

    private static string Sum(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
}
