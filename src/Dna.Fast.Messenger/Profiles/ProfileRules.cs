using System.Buffers;

namespace Dna.Fast.Messenger;

/// <summary>What is wrong with a profile that is to be signed.</summary>
public enum ProfileProblem
{
    None,

    /// <summary>A text is longer than its field, or has a zero in it.</summary>
    TextTooLong,

    /// <summary>The picture is no content id.</summary>
    BadContentId,

    /// <summary>A wallet's address cannot be one of its network.</summary>
    BadWallet,
}

/// <summary>What a profile of ours must keep (DNA layer, sections 9.1 and 9.4). Any thread.</summary>
public static class ProfileRules
{
    private static readonly SearchValues<char> Base58 = SearchValues.Create("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");
    private static readonly SearchValues<char> Base32 = SearchValues.Create("abcdefghijklmnopqrstuvwxyz234567");
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    // Cellframe addresses begin with a letter of their network's kind.
    private const string CellframeFirst = "Rojm";

    private static readonly HashSet<string> Cellframe = ["backbone", "kelvpn", "riemann", "raiden", "mileena", "subzero", "cpunk_testnet"];

    /// <summary>The first problem of a profile.</summary>
    public static ProfileProblem Check(Profile profile)
    {
        if (!TextsFit(profile)) return ProfileProblem.TextTooLong;
        if (profile.Picture.Length > 0 && !IsContentId(profile.Picture)) return ProfileProblem.BadContentId;
        return profile.Wallets.Present().All(wallet => IsWallet(wallet.Name, wallet.Text)) ? ProfileProblem.None : ProfileProblem.BadWallet;
    }

    /// <summary>True for an IPFS content id: 46 to 64 characters, <c>Qm</c> and base58, <c>b</c> and base32, or <c>z</c> and base58 (section 9.4).</summary>
    public static bool IsContentId(string text) => text.Length is >= 46 and <= 64 && (text[0], text[1]) switch
    {
        ('Q', 'm') => text.Length == 46 && IsBase58(text.AsSpan(2)),
        ('b', _) => text.AsSpan(1).IndexOfAnyExcept(Base32) < 0,
        ('z', _) => IsBase58(text.AsSpan(1)),
        _ => false,
    };

    /// <summary>True when a text has the form of an address of this network (section 9.4); false for networks there are no wallets of.</summary>
    public static bool IsWallet(string network, string address) => network switch
    {
        "btc" => IsBitcoin(address),
        "eth" or "qevm" or "bnb" => address.Length == 42 && address.StartsWith("0x", StringComparison.Ordinal) && address.AsSpan(2).IndexOfAnyExcept(HexDigits) < 0,
        "sol" => address.Length is >= 32 and <= 44 && IsBase58(address),
        _ => Cellframe.Contains(network) && address.Length is >= 40 and < 120 && CellframeFirst.Contains(address[0], StringComparison.Ordinal) && IsBase58(address),
    };

    private static bool IsBitcoin(string address) => address.Length > 3 && address[0] switch
    {
        '1' or '3' => address.Length is >= 26 and <= 35 && IsBase58(address),
        'b' => address.StartsWith("bc1", StringComparison.Ordinal) && address.Length is >= 42 and <= 62 && address.All(char.IsAsciiLetterOrDigit),
        _ => false,
    };

    private static bool TextsFit(Profile profile) =>
        ProfileText.Fits(profile.Bio, ProfileMessages.BioSize)
        && ProfileText.Fits(profile.Picture, ProfileMessages.PictureSize)
        && ProfileText.Fits(profile.DisplayName, ProfileMessages.DisplayNameSize)
        && ProfileText.Fits(profile.AvatarHash, ProfileMessages.AvatarSize)
        && ProfileText.Fits(profile.Location, ProfileMessages.LocationSize)
        && ProfileText.Fits(profile.Website, ProfileMessages.WebsiteSize)
        && Fit(profile.Wallets) && Fit(profile.Socials)
        && (profile.Name is not { } name || (ProfileText.Fits(name.Name, ProfileMessages.NameSize)
            && ProfileText.Fits(name.TransactionHash, ProfileMessages.TransactionSize) && ProfileText.Fits(name.Network, ProfileMessages.NetworkSize)));

    private static bool Fit(NamedTexts texts) => texts.All.All(field => ProfileText.Fits(texts[field.Name], field.Size));

    private static bool IsBase58(ReadOnlySpan<char> text) => text.IndexOfAnyExcept(Base58) < 0;
}
