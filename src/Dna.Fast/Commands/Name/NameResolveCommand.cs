using System.CommandLine;
using Dna.Fast.Client;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Name;

/// <summary><c>dna name resolve</c>: a name's user, or the address of the user's wallet.</summary>
internal static class NameResolveCommand
{
    private static readonly string Networks = string.Join(", ", NamedTexts.NoWallets.All.Select(field => field.Name));

    private static readonly Argument<string> User = new("USER") { Description = "A name or a fingerprint" };

    private static readonly Option<string?> Wallet = new("--wallet") { Description = $"Shows the address of this wallet instead: {Networks}", HelpName = "NETWORK" };

    private static readonly MessengerOptions Options = new();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "resolve",
            "Shows the fingerprint of whoever has a name, or the address of a wallet that the user's signed profile names.",
            "dna name resolve alice",
            "dna name resolve alice --wallet btc")
        {
            User, Wallet,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(Wallet) is { Tokens: [{ Value: var wallet }] } && NamedTexts.NoWallets.All.All(field => field.Name != wallet)) result.AddError($"--wallet: '{wallet}' is none of {Networks}.");
        });
        return Options.ForAnybody(command, surroundings, (scene, result) => ResolveAsync(scene, result.GetValue(User)!, result.GetValue(Wallet)));
    }

    /// <remarks>JSON: <c>fingerprint</c>; with a wallet <c>wallet</c> and <c>address</c>.</remarks>
    private static async Task<int> ResolveAsync(ReaderScene scene, string user, string? wallet)
    {
        (string? fingerprint, int code) = await scene.WhoAsync(user).ConfigureAwait(false);
        if (fingerprint is null) return code;
        if (wallet is null) return await scene.SayAsync(fingerprint, json => json.WriteString("fingerprint", fingerprint)).ConfigureAwait(false);
        Answer<string> address = await scene.Services.Keyserver.AddressAsync(fingerprint, wallet, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (address.Value is not { } text) return await scene.FailAsync(address.Code, $"the {wallet} wallet of {user}", new CodeText(ResultCode.NotFound, $"{user} names no {wallet} wallet (nodes answered)")).ConfigureAwait(false);
        return await scene.SayAsync(ValueText.Quote(text), json =>
        {
            json.WriteString("fingerprint", fingerprint);
            json.WriteString("wallet", wallet);
            json.WriteString("address", text);
        }).ConfigureAwait(false);
    }
}
