using Dna.Fast.Commands;
using Dna.Fast.Kademlia;
using Dna.Fast.Messenger;

namespace Dna.Fast.Messaging;

/// <summary>What a messenger command works with: the network's services, and how it says what came of it.</summary>
/// <param name="Client">Session, outputs and the interrupt.</param>
/// <param name="IsJson">True: results are one JSON object a line.</param>
/// <param name="Deadline">For each step.</param>
internal record ReaderScene(ClientScene Client, MessengerServices Services, bool IsJson, TimeSpan Deadline) : Speaker(Client.Output, Client.Error, IsJson)
{
    public CancellationToken Cancellation => Client.Cancellation;

    /// <summary>Seconds since 1970.</summary>
    public ulong Now => Services.Network.Now;

    /// <summary>Says what went wrong.</summary>
    /// <param name="what">What was asked for or to be written.</param>
    /// <param name="own">Texts that say more than <see cref="ResultReport.TextOf"/>.</param>
    /// <returns>The <see cref="ExitCode"/> that goes with the code.</returns>
    public Task<int> FailAsync(ResultCode code, string what, params ReadOnlySpan<CodeText> own)
    {
        string text = ResultReport.TextOf(code, what, Client.Session.HasHeardAnybody);
        foreach (CodeText said in own)
        {
            if (said.Code == code) text = said.Text;
        }

        return ClientCommand.FailAsync(Client.Error, ResultReport.ExitOf(code), text);
    }

    /// <summary>Whom a person means by a name or a fingerprint.</summary>
    /// <returns>The fingerprint, or null after saying why not, with the exit code.</returns>
    public async Task<(string? Fingerprint, int ExitCode)> WhoAsync(string user)
    {
        if (UserFingerprint.Normalise(user) is { } fingerprint) return (fingerprint, ExitCode.Ok);
        Answer<Profile> owner = await Services.Names.OwnerAsync(user, Deadline, Cancellation).ConfigureAwait(false);
        return owner.Value is { } profile ? (profile.Fingerprint, ExitCode.Ok) : (null, await FailAsync(owner.Code, $"the name {user}", UserTexts.Of(user)).ConfigureAwait(false));
    }
}
