using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Identity;

namespace Dna.Fast.Identities;

/// <summary>An identity of stock tools: <c>X.pem</c> and <c>X.crt</c> (wire specification, section 8).</summary>
internal static class StockPair
{
    private const string KeyEnding = ".pem";

    /// <summary>The X of what somebody said; null when it names no such pair.</summary>
    public static string? BaseOf(string? said)
    {
        if (said is null) return null;
        if (said.EndsWith(KeyEnding, StringComparison.Ordinal)) return said[..^KeyEnding.Length];
        return !File.Exists(said) && File.Exists(RsaIdentityFiles.KeyFile(said)) ? said : null;
    }

    /// <summary>Reads the pair; asks for a password only when the key has one.</summary>
    /// <returns>The identity, which the caller disposes, or why there is none.</returns>
    public static (RsaIdentity? Identity, string Message) Load(string basePath, PassphraseSource source)
    {
        IdentityFileResult result = RsaIdentityFiles.Load(basePath, []);
        if (result.Status != IdentityFileStatus.PasswordNeeded) return (result.Identity, result.Message);
        GivenPassphrase given = source.Get(RsaIdentityFiles.KeyFile(basePath));
        using SecretBytes? password = given.Bytes;
        if (password is null) return (null, given.Problem!);
        char[] text = GC.AllocateUninitializedArray<char>(Encoding.UTF8.GetCharCount(password.Span), pinned: true);
        try
        {
            Encoding.UTF8.GetChars(password.Span, text);
            result = RsaIdentityFiles.Load(basePath, text);
            return (result.Identity, result.Message);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan()));
        }
    }
}
