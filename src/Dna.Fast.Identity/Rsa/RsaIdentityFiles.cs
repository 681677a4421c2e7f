using System.Security.Cryptography;
using System.Text;

namespace Dna.Fast.Identity;

/// <summary>RSA identities in files, as dhtnode names them (wire specification, section 8).</summary>
/// <remarks>
/// <para><c>X.pem</c>: the private key, PKCS#8 PEM, with a password PBES2/AES-256. <c>X.crt</c>: the PEM chain, leaf first. <c>X_ca.pem</c>, <c>X_ca.crt</c>: the CA that was
/// made with the key, if any. Keys in PKCS#1 and both in DER are read too.</para>
/// <para>Writing leaves either the old identity or the new one, whenever it is interrupted: both files are laid durably beside their names, then the certificate takes
/// its name, then the key. A reader that finds the new certificate, the old key, and the new key beside it, finishes the work.</para>
/// </remarks>
public static class RsaIdentityFiles
{
    /// <summary>Largest file read, in bytes: a chain of the most certificates of the largest keys takes a tenth of it.</summary>
    private const int FileBytesMax = 1 << 20;

    public static string KeyFile(string basePath) => basePath + ".pem";

    public static string CertificateFile(string basePath) => basePath + ".crt";

    public static string CaKeyFile(string basePath) => basePath + "_ca.pem";

    public static string CaCertificateFile(string basePath) => basePath + "_ca.crt";

    /// <summary>Reads <c>X.pem</c> and <c>X.crt</c>.</summary>
    /// <param name="password">Empty: none.</param>
    public static IdentityFileResult Load(string basePath, ReadOnlySpan<char> password) => Load(KeyFile(basePath), CertificateFile(basePath), password);

    /// <summary>Reads a key and its certificates from files of any name.</summary>
    /// <param name="password">Empty: none.</param>
    public static IdentityFileResult Load(string keyFile, string certificateFile, ReadOnlySpan<char> password)
    {
        try
        {
            IdentityFileResult result = LoadPair(keyFile, keyFile, certificateFile, password);
            if (result.Status != IdentityFileStatus.PairMismatch || !File.Exists(keyFile + PrivateFile.Temporary)) return result;
            IdentityFileResult finished = LoadPair(keyFile + PrivateFile.Temporary, keyFile, certificateFile, password);
            if (finished.Status != IdentityFileStatus.Ok) return result;
            PrivateFile.TakeName(keyFile);
            return finished;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return Unreadable(refusal);
        }
    }

    /// <summary>Writes <c>X.pem</c>, <c>X.crt</c> and, when the identity was just made with a CA, <c>X_ca.pem</c> and <c>X_ca.crt</c>; all with mode 0600.</summary>
    /// <param name="password">For the key and the CA's key; empty: they are not encrypted.</param>
    /// <returns>Ok without an identity, or why it was not written.</returns>
    public static IdentityFileResult Save(string basePath, RsaIdentity identity, ReadOnlySpan<char> password)
    {
        try
        {
            if (identity.ExportCaKeyPem(password) is { } caKey)
            {
                WriteSecret(CaKeyFile(basePath), caKey, PrivateFile.Write);
                PrivateFile.Write(CaCertificateFile(basePath), Encoding.ASCII.GetBytes(identity.CaPem()));
            }

            WriteSecret(KeyFile(basePath), identity.ExportPkcs8Pem(password), PrivateFile.WriteBeside);
            PrivateFile.Write(CertificateFile(basePath), Encoding.ASCII.GetBytes(identity.ChainPem()));
            PrivateFile.TakeName(KeyFile(basePath));
            return IdentityFileResult.Ok(null);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return Unreadable(refusal);
        }
    }

    private static IdentityFileResult Unreadable(Exception refusal) =>
        IdentityFileResult.Failed(IdentityFileStatus.Unreadable, $"the identity's files cannot be used: {refusal.Message} Check that the directory exists and is yours.");

    private delegate void Writer(string path, ReadOnlySpan<byte> content);

    private static void WriteSecret(string path, char[] pem, Writer write)
    {
        byte[] bytes = Pinned.Bytes(pem.Length);
        Encoding.ASCII.GetBytes(pem, bytes);
        Array.Clear(pem);
        try
        {
            write(path, bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <param name="keyName">What the key's file is called in messages.</param>
    private static IdentityFileResult LoadPair(string keyFile, string keyName, string certificateFile, ReadOnlySpan<char> password)
    {
        if (!File.Exists(keyFile)) return IdentityFileResult.Failed(IdentityFileStatus.Missing, $"there is no key file {keyName}: make an identity, or name the file it is in");
        if (!File.Exists(certificateFile))
            return IdentityFileResult.Failed(IdentityFileStatus.Missing, $"there is no certificate file {certificateFile}: it lies beside {keyName} when both were written together");
        if (PrivateFile.IsOpenToOthers(keyFile))
            return IdentityFileResult.Failed(IdentityFileStatus.OpenToOthers, $"others can read the private key in {keyName}: say chmod 600 {keyName}, and make a new identity if somebody may have");

        // What is longer is cut, and cut it cannot be read.
        byte[] chainBytes = PrivateFile.Read(certificateFile, FileBytesMax), keyBytes = PrivateFile.Read(keyFile, FileBytesMax);
        char[] keyText = Pinned.Chars(keyBytes.Length);
        Encoding.Latin1.GetChars(keyBytes, keyText);
        RSA? key;
        IdentityFileStatus status;
        try
        {
            status = PrivateKeyReader.Read(keyText, keyBytes, password, out key);
        }
        finally
        {
            Array.Clear(keyText);
            CryptographicOperations.ZeroMemory(keyBytes);
        }

        if (key is null) return IdentityFileResult.Failed(status, KeyProblem(status, keyName));
        status = CertificateChainReader.Read(Encoding.Latin1.GetChars(chainBytes), chainBytes, out IReadOnlyList<byte[]> chain);
        if (status == IdentityFileStatus.Ok && RsaIdentity.Join(key, chain) is { } identity) return IdentityFileResult.Ok(identity);
        key.Dispose();
        return status == IdentityFileStatus.Ok
            ? IdentityFileResult.Failed(IdentityFileStatus.PairMismatch, $"the certificate in {certificateFile} is of another key than {keyName}: bring back the two that belong together")
            : IdentityFileResult.Failed(status, CertificateProblem(status, certificateFile));
    }

    private static string KeyProblem(IdentityFileStatus status, string file) => status switch
    {
        IdentityFileStatus.Truncated => $"the private key in {file} is cut short or damaged: bring the file back from a backup",
        IdentityFileStatus.NotRsa => $"the private key in {file} is no RSA key of 1024 to 8192 bits, and only such keys can sign values: name another file",
        IdentityFileStatus.PasswordNeeded => $"the private key in {file} is encrypted: give its password",
        IdentityFileStatus.WrongPassword => $"the password does not open the private key in {file}: try again, or bring the file back from a backup if it is damaged",
        _ => $"there is no private key in {file}: name the file that begins with BEGIN PRIVATE KEY or BEGIN RSA PRIVATE KEY",
    };

    private static string CertificateProblem(IdentityFileStatus status, string file) => status == IdentityFileStatus.Truncated
        ? $"the certificate in {file} is cut short or damaged: bring the file back from a backup"
        : $"there is no certificate in {file}: name the file that begins with BEGIN CERTIFICATE";
}
