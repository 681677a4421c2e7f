using System.Security.Cryptography;
using Dna.Fast.Identity.Tests.Files;

namespace Dna.Fast.Identity.Tests;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class RsaIdentityFilesTests : IDisposable
{
    private const string Password = "correct horse";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly RsaIdentity Alice = TestIdentities.Alice;
    private static readonly RsaIdentity Bob = TestIdentities.Bob;
    private readonly string _folder = Directory.CreateTempSubdirectory("dna-identity-").FullName;

    private string Base => Path.Combine(_folder, "node");

    private string KeyFile => Base + ".pem";

    private string CertificateFile => Base + ".crt";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", "-----BEGIN PRIVATE KEY-----")]
    [InlineData(Password, "-----BEGIN ENCRYPTED PRIVATE KEY-----")]
    public void What_was_saved_is_loaded_and_only_its_owner_can_read_it(string password, string begin)
    {
        Assert.Equal(IdentityFileStatus.Ok, RsaIdentityFiles.Save(Base, Alice, password).Status);
        Assert.StartsWith(begin, File.ReadAllText(KeyFile), StringComparison.Ordinal);
        Assert.Equal(["node.crt", "node.pem"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
        foreach (string file in Directory.GetFiles(_folder)) Assert.Equal(OwnerOnly, File.GetUnixFileMode(file));
        using RsaIdentity loaded = AssertLoads(Alice, password);
        Assert.Equal(Alice.Sign("x"u8), loaded.Sign("x"u8));
        Assert.Equal(Alice.ChainPem(), loaded.ChainPem());
    }

    [Fact]
    public async Task An_identity_that_was_just_made_with_a_CA_leaves_the_CA_in_files_too()
    {
        using RsaIdentity made = await RsaIdentity.GenerateAsync(2048, CertificateForm.Stock, TimeProvider.System);
        RsaIdentityFiles.Save(Base, made, Password);
        Assert.Equal(["node.crt", "node.pem", "node_ca.crt", "node_ca.pem"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
        foreach (string file in Directory.GetFiles(_folder)) Assert.Equal(OwnerOnly, File.GetUnixFileMode(file));
        using var ca = ECDsa.Create();
        ca.ImportFromEncryptedPem(File.ReadAllText(RsaIdentityFiles.CaKeyFile(Base)), Password);
        string caPem = File.ReadAllText(RsaIdentityFiles.CaCertificateFile(Base));
        Assert.EndsWith(caPem, File.ReadAllText(CertificateFile), StringComparison.Ordinal);
        Assert.Equal(IdentityFileStatus.Ok, CertificateChainReader.Read(caPem, [], out IReadOnlyList<byte[]> chain));
        Assert.Equal(ca.ExportSubjectPublicKeyInfo(), CertificateReader.ReadKey(chain[0]));
    }

    [Fact]
    public void PKCS1_and_DER_are_read_too()
    {
        Write(KeyFile, new string(Alice.ExportPkcs1Pem()));
        Write(CertificateFile, Alice.ChainPem());
        AssertLoads(Alice).Dispose();
        using var key = RSA.Create();
        key.ImportFromPem(Alice.ExportPkcs8Pem([]));
        WriteBytes(CertificateFile, Alice.Chain[0].ToArray());
        WriteBytes(KeyFile, key.ExportPkcs8PrivateKey());
        AssertLoads(Alice).Dispose();
        WriteBytes(KeyFile, key.ExportRSAPrivateKey());
        AssertLoads(Alice).Dispose();
    }

    [Fact]
    public void Missing_files_are_named()
    {
        AssertFails(IdentityFileStatus.Missing, KeyFile);
        RsaIdentityFiles.Save(Base, Alice, []);
        File.Delete(CertificateFile);
        AssertFails(IdentityFileStatus.Missing, CertificateFile);
        Assert.Equal(IdentityFileStatus.Unreadable, RsaIdentityFiles.Save(Path.Combine(_folder, "no", "such", "folder"), Alice, []).Status);
    }

    [Fact]
    public void A_key_that_others_can_read_is_refused_with_the_command_that_helps()
    {
        RsaIdentityFiles.Save(Base, Alice, []);
        foreach (UnixFileMode others in (UnixFileMode[])[UnixFileMode.GroupRead, UnixFileMode.OtherRead, UnixFileMode.GroupWrite])
        {
            File.SetUnixFileMode(KeyFile, OwnerOnly | others);
            AssertFails(IdentityFileStatus.OpenToOthers, "chmod 600 " + KeyFile);
        }

        // A certificate is public.
        File.SetUnixFileMode(KeyFile, OwnerOnly);
        File.SetUnixFileMode(CertificateFile, OwnerOnly | UnixFileMode.OtherRead);
        AssertLoads(Alice).Dispose();
    }

    [Fact]
    public void Passwords_are_missed_and_told_from_wrong_ones()
    {
        RsaIdentityFiles.Save(Base, Alice, Password);
        AssertFails(IdentityFileStatus.PasswordNeeded, "password");
        AssertFails(IdentityFileStatus.WrongPassword, "password", "incorrect donkey");
        // A password that is not needed does no harm.
        RsaIdentityFiles.Save(Base, Alice, []);
        AssertLoads(Alice, Password).Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData(Password)]
    public void Every_truncation_of_a_key_is_an_error_of_its_own_and_none_loads(string password)
    {
        RsaIdentityFiles.Save(Base, Alice, password);
        string whole = File.ReadAllText(KeyFile);
        for (int length = 0; length < whole.Length - 2; length += 37)
        {
            Write(KeyFile, whole[..length]);
            IdentityFileResult result = RsaIdentityFiles.Load(Base, password);
            Assert.Null(result.Identity);
            bool hasBegun = whole[..length].Contains("PRIVATE KEY-----", StringComparison.Ordinal);
            Assert.Equal(hasBegun || length == 0 ? IdentityFileStatus.Truncated : IdentityFileStatus.Foreign, result.Status);
        }
    }

    [Fact]
    public void Every_truncation_of_a_certificate_is_an_error_of_its_own()
    {
        RsaIdentityFiles.Save(Base, Alice, []);
        string whole = File.ReadAllText(CertificateFile);
        for (int length = 0; length < whole.Length - 2; length += 37)
        {
            Write(CertificateFile, whole[..length]);
            AssertFails(length is > 0 and < 22 ? IdentityFileStatus.Foreign : IdentityFileStatus.Truncated, CertificateFile);
        }
    }

    [Fact]
    public void Damage_inside_a_key_never_loads()
    {
        RsaIdentityFiles.Save(Base, Alice, []);
        string whole = File.ReadAllText(KeyFile);
        foreach (int at in (int[])[60, 200, 900])
        {
            Write(KeyFile, whole[..at] + (whole[at] == 'A' ? 'B' : 'A') + whole[(at + 1)..]);
            Assert.Null(RsaIdentityFiles.Load(Base, []).Identity);
        }
    }

    [Fact]
    public void Keys_of_other_kinds_and_other_files_are_told_apart()
    {
        RsaIdentityFiles.Save(Base, Alice, []);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Write(KeyFile, curve.ExportPkcs8PrivateKeyPem());
        AssertFails(IdentityFileStatus.NotRsa, KeyFile);
        Write(KeyFile, curve.ExportECPrivateKeyPem());
        AssertFails(IdentityFileStatus.NotRsa, KeyFile);
        Write(KeyFile, curve.ExportEncryptedPkcs8PrivateKeyPem(Password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        AssertFails(IdentityFileStatus.NotRsa, KeyFile, Password);
        Write(KeyFile, "hello");
        AssertFails(IdentityFileStatus.Foreign, KeyFile);
        Write(KeyFile, Alice.ChainPem());
        AssertFails(IdentityFileStatus.Foreign, KeyFile);
        Write(KeyFile, new string(Alice.ExportPkcs8Pem([])));
        Write(CertificateFile, "hello");
        AssertFails(IdentityFileStatus.Foreign, CertificateFile);
    }

    [Fact]
    public void A_key_and_a_certificate_that_do_not_belong_together_are_refused()
    {
        RsaIdentityFiles.Save(Base, Alice, []);
        Write(CertificateFile, Bob.ChainPem());
        AssertFails(IdentityFileStatus.PairMismatch, "another key");
    }

    // Each state the directory can be in when the power goes during a save; what comes back is the old identity or the new one, never neither.
    [Fact]
    public void An_interrupted_save_loses_neither_the_old_identity_nor_the_new_one()
    {
        RsaIdentityFiles.Save(Base, Alice, []);
        byte[] bobsKey = System.Text.Encoding.ASCII.GetBytes(Bob.ExportPkcs8Pem([])), bobsChain = System.Text.Encoding.ASCII.GetBytes(Bob.ChainPem());
        WriteBytes(KeyFile + PrivateFile.Temporary, bobsKey[..100]);
        AssertLoads(Alice).Dispose();
        PrivateFile.WriteBeside(KeyFile, bobsKey);
        AssertLoads(Alice).Dispose();
        PrivateFile.WriteBeside(CertificateFile, bobsChain);
        AssertLoads(Alice).Dispose();
        PrivateFile.TakeName(CertificateFile);
        AssertLoads(Bob).Dispose();
        // The load finished the save.
        Assert.False(File.Exists(KeyFile + PrivateFile.Temporary));
        AssertLoads(Bob).Dispose();
    }

    [Fact]
    public async Task A_key_and_its_certificate_come_through_pipes_too()
    {
        Task key = Pipe.Write(KeyFile, System.Text.Encoding.ASCII.GetBytes(Alice.ExportPkcs8Pem([]))), certificate = Pipe.Write(CertificateFile, System.Text.Encoding.ASCII.GetBytes(Alice.ChainPem()));
        AssertLoads(Alice).Dispose();
        await Task.WhenAll(key, certificate).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Messages_say_nothing_of_the_content()
    {
        RsaIdentityFiles.Save(Base, Alice, []);
        string whole = File.ReadAllText(KeyFile);
        Write(KeyFile, whole[..900]);
        string message = RsaIdentityFiles.Load(Base, "hunter2").Message;
        Assert.DoesNotContain(whole[100..140], message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }

    private RsaIdentity AssertLoads(RsaIdentity expected, string password = "")
    {
        IdentityFileResult result = RsaIdentityFiles.Load(Base, password);
        Assert.Equal((IdentityFileStatus.Ok, ""), (result.Status, result.Message));
        Assert.Equal(expected.KeyId, result.Identity!.KeyId);
        return result.Identity;
    }

    private void AssertFails(IdentityFileStatus status, string says, string password = "")
    {
        IdentityFileResult result = RsaIdentityFiles.Load(Base, password);
        Assert.Equal(status, result.Status);
        Assert.Null(result.Identity);
        Assert.Contains(says, result.Message, StringComparison.Ordinal);
    }

    private static void Write(string path, string content) => WriteBytes(path, System.Text.Encoding.ASCII.GetBytes(content));

    private static void WriteBytes(string path, byte[] content)
    {
        File.WriteAllBytes(path, content);
        File.SetUnixFileMode(path, OwnerOnly);
    }
}
