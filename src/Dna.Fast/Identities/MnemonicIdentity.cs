using Dna.Fast.Identity;

namespace Dna.Fast.Identities;

/// <summary>The identity of a mnemonic.</summary>
internal static class MnemonicIdentity
{
    /// <summary>Derives it, without its DHT identity; the caller disposes it.</summary>
    public static UserIdentity Of(Mnemonic mnemonic, IIdentitySuite suite, string name)
    {
        using var master = new SecretBytes(Mnemonic.MasterBytes);
        // The original client asks for no second factor.
        mnemonic.DeriveMaster([], master.Span);
        return UserIdentity.FromMaster(suite, master.Span, name);
    }
}
