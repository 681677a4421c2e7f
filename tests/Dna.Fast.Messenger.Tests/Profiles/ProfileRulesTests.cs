namespace Dna.Fast.Messenger.Tests.Profiles;

public sealed class ProfileRulesTests
{
    [Fact]
    public void A_full_profile_keeps_the_rules() => Assert.Equal(ProfileProblem.None, ProfileRules.Check(ProfileCodecTests.Full()));

    [Fact]
    public void Each_kind_of_problem_is_named()
    {
        Profile full = ProfileCodecTests.Full();
        Assert.Equal(ProfileProblem.TextTooLong, ProfileRules.Check(full with { Bio = new string('ä', 256) }));
        Assert.Equal(ProfileProblem.None, ProfileRules.Check(full with { Bio = new string('b', 511) }));
        Assert.Equal(ProfileProblem.TextTooLong, ProfileRules.Check(full with { DisplayName = "a\0b" }));
        Assert.Equal(ProfileProblem.TextTooLong, ProfileRules.Check(full with { Socials = full.Socials.With("x", new string('x', 128)) }));
        Assert.Equal(ProfileProblem.BadContentId, ProfileRules.Check(full with { Picture = "Qm1" }));
        Assert.Equal(ProfileProblem.BadWallet, ProfileRules.Check(full with { Wallets = full.Wallets.With("btc", "x") }));
    }

    [Theory]
    [InlineData("backbone", "Rj7J7MiX2bWy8sNyX38bB86KTFUnSn7sdKDsTFa2RJyQTDWFaebrj6BucT7Wa5CSq77zwRAwevbiKy1sv1RBGTonM83D3xPDwoyGasZ7", true)]
    [InlineData("backbone", "Xj7J7MiX2bWy8sNyX38bB86KTFUnSn7sdKDsTFa2RJyQTDWFaebrj6BucT7Wa5CSq77zwRAwevbiKy1sv1RBGTonM83D3xPDwoyGasZ7", false)]
    [InlineData("backbone", "Rj7J7", false)]
    [InlineData("btc", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", true)]
    [InlineData("btc", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", true)]
    [InlineData("btc", "bc1short", false)]
    [InlineData("btc", "2J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", false)]
    [InlineData("btc", "1", false)]
    [InlineData("eth", "0x52908400098527886E0F7030069857D2E4169EE7", true)]
    [InlineData("eth", "0x52908400098527886E0F7030069857D2E4169EEG", false)]
    [InlineData("bnb", "52908400098527886E0F7030069857D2E4169EE700", false)]
    [InlineData("sol", "4Nd1mYQzvgV8Vr3Z3nYb7pD6T8K2jqF2eqMxY1e1fJ7x", true)]
    [InlineData("sol", "short", false)]
    [InlineData("doge", "4Nd1mYQzvgV8Vr3Z3nYb7pD6T8K2jqF2eqMxY1e1fJ7x", false)]
    public void A_wallets_address_has_the_form_of_its_network(string network, string address, bool isOne) => Assert.Equal(isOne, ProfileRules.IsWallet(network, address));

    [Theory]
    [InlineData("QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG", true)]
    [InlineData("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi", true)]
    [InlineData("zdj7WWeQ43G6JJvLWQWZpyHuAMq6uYWRjkBXFad11vE2LHhQ7", true)]
    [InlineData("QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbd0", false)]
    [InlineData("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzd1", false)]
    [InlineData("QmYwAPJzv5CZ", false)]
    [InlineData("", false)]
    public void A_content_id_is_one_of_three_forms(string text, bool isOne) => Assert.Equal(isOne, ProfileRules.IsContentId(text));
}
