using System.Buffers.Binary;
using System.Text;
using Dna.Fast.Identity.Tests.Files;

namespace Dna.Fast.Identity.Tests.KeyFiles;

/// <summary>The original client's <c>.dsa</c> and <c>.kem</c> (DNA layer, section 2.4).</summary>
public sealed class OriginalKeyFileTests : IDisposable
{
    private const string AliceFingerprint =
        "bb17c79ccff48ad382735f85209976f3aa881e802a0156784aa8283fea804161b945ca1f15c38a3e510637f19c866506707da3124dbef002b4f968c2ffbcdbbd";

    private readonly KeyFileKit _kit = new();

    public void Dispose() => _kit.Dispose();

    [Fact]
    public void The_layout_is_the_originals()
    {
        Write();
        byte[] dsa = File.ReadAllBytes(_kit.File("a.dsa")), kem = File.ReadAllBytes(_kit.File("a.kem"));
        Assert.Equal(276 + 2592 + 4896, dsa.Length);
        Assert.Equal(276 + 1568 + 3168, kem.Length);
        Assert.Equal([.. "PQSIGNUM"u8, 1, 1, 1, 0, 0x20, 0x0A, 0, 0, 0x20, 0x13, 0, 0], dsa[..20]);
        Assert.Equal([.. "PQSIGNUM"u8, 1, 2, 2, 0, 0x20, 0x06, 0, 0, 0x60, 0x0C, 0, 0], kem[..20]);
        Assert.Equal(AliceFingerprint, Encoding.ASCII.GetString(dsa, 20, 256).TrimEnd('\0'));
        // The seeds' known keys, as section 24 gives them.
        Assert.Equal("727d1777c3568b6f2dbd5f3b836eda82", Convert.ToHexStringLower(dsa, 276, 16));
        Assert.Equal("d42b14f5c56a56f2176d9225475092d0", Convert.ToHexStringLower(kem, 276, 16));
        Assert.Equal(KeyFileKit.OwnerOnly, KeyFileKit.ModeOf(_kit.File("a.dsa")));
        Assert.Equal(KeyFileKit.OwnerOnly, KeyFileKit.ModeOf(_kit.File("a.kem")));
    }

    [Fact]
    public void What_was_written_is_read_and_works()
    {
        Write();
        KeyFileResult<UserIdentity> read = OriginalKeyFiles.Read(_kit.File("a"), KeyFileKit.Suites, null);
        Assert.Equal("", read.Message);
        using UserIdentity identity = read.Value!;
        Assert.Equal(AliceFingerprint, identity.Keys.Fingerprint);
        Assert.Equal("", identity.Name);
        byte[] signature = new byte[identity.Suite.SignatureBytes];
        identity.Keys.Sign("m"u8, signature);
        Assert.True(identity.Suite.Verify(identity.Keys.SigningKey.Span, "m"u8, signature));
        // The fixtures' backup of alice's DHT identity, sealed by the original client.
        byte[] opened = identity.Keys.OpenBlob(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "dht_identity.0")))!;
        Assert.Equal(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "alice_dht_identity.plain")), opened);
    }

    [Fact]
    public void A_name_is_kept_and_cut()
    {
        using UserIdentity alice = KeyFileKit.Alice();
        using SecretBytes file = OriginalKeyFile.Write(
            OriginalKeyKind.Signing, alice.Keys.SigningKey.Span, new byte[4896], new string('x', 300));
        Assert.Equal(KeyFileStatus.Ok, OriginalKeyFile.Read(file.Span, OriginalKeyKind.Signing, out _, out _, out string name));
        Assert.Equal(255, name.Length);
    }

    [Theory]
    [InlineData("dsa")]
    [InlineData("kem")]
    public void Every_cut_changed_or_other_file_is_refused(string ending)
    {
        Write();
        string path = _kit.File("a." + ending);
        byte[] good = File.ReadAllBytes(path);
        foreach (int length in (int[])[0, 7, 8, 275, 276, 4016, good.Length - 1]) Assert.Equal(KeyFileStatus.Truncated, StatusOf(path, good[..length]));
        Assert.Equal(KeyFileStatus.Damaged, StatusOf(path, [.. good, 0]));
        Assert.Equal(KeyFileStatus.NewerVersion, StatusOf(path, With(good, 8, 2)));
        Assert.Equal(KeyFileStatus.WrongKind, StatusOf(path, With(good, 9, 3)));
        Assert.Equal(KeyFileStatus.WrongKind, StatusOf(path, With(good, 10, (byte)(3 - good[10]))));
        Assert.Equal(KeyFileStatus.Damaged, StatusOf(path, With(good, 12, 1)));
        Assert.Equal(KeyFileStatus.Foreign, StatusOf(path, With(good, 0, (byte)'p')));
        // A bit of the public key, and one of the private key.
        Assert.Equal(KeyFileStatus.Damaged, StatusOf(path, With(good, 300, (byte)(good[300] ^ 1))));
        byte[] huge = [.. good];
        BinaryPrimitives.WriteUInt32LittleEndian(huge.AsSpan(16), uint.MaxValue);
        Assert.Equal(KeyFileStatus.Damaged, StatusOf(path, huge));
    }

    [Fact]
    public void A_damaged_private_key_is_refused()
    {
        Write();
        byte[] dsa = File.ReadAllBytes(_kit.File("a.dsa"));
        // In rho, tr and s1 of FIPS 204, algorithm 24. With another bit of K, s2 or t0 a key may still sign rightly under the same public key.
        foreach (int at in (int[])[2868, 2868 + 70, 2868 + 130, 2868 + 500])
            Assert.Equal(KeyFileStatus.Damaged, StatusOf(_kit.File("a.dsa"), With(dsa, at, (byte)(dsa[at] ^ 0x10))));
    }

    [Fact]
    public void Files_of_two_users_do_not_make_one()
    {
        Write();
        using UserIdentity other = KeyFileKit.FromMaster();
        Assert.Equal(KeyFileStatus.Ok, OriginalKeyFiles.Write(_kit.File("b"), other).Status);
        // Each is whole by itself, so this is a new identity: alice's signing key with another's encryption key. The original client would take it too; nothing in the files says otherwise.
        File.Copy(_kit.File("b.dsa"), _kit.File("c.kem"));
        File.Copy(_kit.File("a.dsa"), _kit.File("c.dsa"));
        Assert.Equal(KeyFileStatus.WrongKind, OriginalKeyFiles.Read(_kit.File("c"), KeyFileKit.Suites, null).Status);
    }

    [Fact]
    public void Missing_open_and_existing_files_have_their_answers()
    {
        Write();
        using UserIdentity alice = KeyFileKit.Alice(), fast = KeyFileKit.Alice("fast");
        Assert.Equal(KeyFileStatus.Exists, OriginalKeyFiles.Write(_kit.File("a"), alice).Status);
        Assert.Equal(KeyFileStatus.WrongKind, OriginalKeyFiles.Write(_kit.File("f"), fast).Status);
        KeyFileKit.SetMode(_kit.File("a.kem"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        KeyFileResult<UserIdentity> open = OriginalKeyFiles.Read(_kit.File("a"), KeyFileKit.Suites, null);
        Assert.Equal(KeyFileStatus.OpenToOthers, open.Status);
        Assert.Contains("chmod 600", open.Message, StringComparison.Ordinal);
        File.Delete(_kit.File("a.kem"));
        Assert.Equal(KeyFileStatus.Missing, OriginalKeyFiles.Read(_kit.File("a"), KeyFileKit.Suites, null).Status);
        Assert.Equal(_kit.File("a"), OriginalKeyFiles.BaseOf(_kit.File("a.kem")));
    }

    [Fact]
    public void Of_many_exporters_to_one_place_one_wins_and_both_files_are_his()
    {
        const int exporters = 4;
        using var begin = new Barrier(exporters);
        for (int round = 0; round < 40; round++)
        {
            foreach (string file in Directory.GetFiles(_kit.Folder)) File.Delete(file);
            var answers = new (KeyFileStatus Status, string Fingerprint)[exporters];
            Thread[] threads = [.. Enumerable.Range(0, exporters).Select(i => new Thread(() =>
            {
                byte[] master = new byte[Mnemonic.MasterBytes];
                master.AsSpan().Fill((byte)i);
                using UserIdentity own = UserIdentity.FromMaster(KeyFileKit.Suites.Messenger, master, "");
                Assert.True(begin.SignalAndWait(TimeSpan.FromMinutes(1)));
                answers[i] = (OriginalKeyFiles.Write(_kit.File("a"), own).Status, own.Keys.Fingerprint);
            }))];
            foreach (Thread thread in threads) thread.Start();
            foreach (Thread thread in threads) thread.Join();
            (_, string winner) = Assert.Single(answers, answer => answer.Status == KeyFileStatus.Ok);
            Assert.Equal(exporters - 1, answers.Count(answer => answer.Status == KeyFileStatus.Exists));
            using UserIdentity read = OriginalKeyFiles.Read(_kit.File("a"), KeyFileKit.Suites, null).Value!;
            Assert.Equal(winner, read.Keys.Fingerprint);
            Assert.Equal([_kit.File("a.dsa"), _kit.File("a.kem")], Directory.GetFiles(_kit.Folder).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Files_come_through_pipes_too()
    {
        Write();
        Task signing = Pipe.Write(_kit.File("p.dsa"), File.ReadAllBytes(_kit.File("a.dsa"))), encryption = Pipe.Write(_kit.File("p.kem"), File.ReadAllBytes(_kit.File("a.kem")));
        KeyFileResult<UserIdentity> read = OriginalKeyFiles.Read(_kit.File("p"), KeyFileKit.Suites, null);
        using UserIdentity? identity = read.Value;
        Assert.Equal((KeyFileStatus.Ok, AliceFingerprint), (read.Status, identity?.Keys.Fingerprint));
        await Task.WhenAll(signing, encryption).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    private void Write()
    {
        using UserIdentity alice = KeyFileKit.Alice();
        Assert.Equal(KeyFileStatus.Ok, OriginalKeyFiles.Write(_kit.File("a"), alice).Status);
    }

    private KeyFileStatus StatusOf(string path, byte[] content)
    {
        byte[] good = File.ReadAllBytes(path);
        File.WriteAllBytes(path, content);
        KeyFileResult<UserIdentity> read = OriginalKeyFiles.Read(_kit.File("a"), KeyFileKit.Suites, null);
        Assert.NotEmpty(read.Message);
        File.WriteAllBytes(path, good);
        return read.Status;
    }

    private static byte[] With(byte[] file, int at, byte value)
    {
        byte[] changed = [.. file];
        changed[at] = value;
        return changed;
    }
}
