using System.CommandLine;
using Dna.Fast.Commands;
using Dna.Fast.Commands.Id;
using Dna.Fast.Identities;
using Dna.Fast.Messenger;

namespace Dna.Fast.Messaging;

/// <summary>What all messenger commands take, and what they do around their one operation: open the identity, join the network, make the services. One for each command.</summary>
internal sealed class MessengerOptions
{
    private readonly Option<string?> _state = new("--state")
    {
        Description = $"Where contacts and messages of this machine are kept [default: {StateFolder.DefaultName} beside the key file]",
        HelpName = "DIR",
    };

    private readonly Option<bool> _json = new("--json") { Description = "One JSON object a line" };

    private readonly Option<bool> _salted = new("--salted")
    {
        Description = "Agrees with contacts whose clients do so too on secret keys, so that nobody else can tell from the network who writes to whom; what was agreed upon goes on without it",
    };

    private readonly ClientOptions _client = new();

    /// <summary>True for a command that reads or writes what this machine keeps: it takes <c>--state</c>, and believes what was read before as long as the caches do.</summary>
    public bool KeepsState { get; init; }

    /// <summary>What a command says of direct delivery; null: nothing is sent or taken directly.</summary>
    public Func<ParseResult, DirectOptions?> Direct { get; init; } = _ => null;

    /// <summary>True for a command that sends or reads messages: it takes <c>--salted</c>.</summary>
    public bool TakesSalted { get; init; }

    /// <summary>Who we are.</summary>
    public KeyOptions Identity { get; } = new(IdOptions.Key());

    /// <summary>Makes a command that acts as a user: the key file is opened before the network is asked for anything.</summary>
    /// <returns>The same command.</returns>
    public Command ForUser(DnaCommand command, Surroundings surroundings, Func<MessengerScene, ParseResult, Task<int>> act)
    {
        AddUser(command);
        AddNetwork(command);
        command.SetAction(async (result, cancellation) =>
        {
            using NetworkIdentity? identity = await Identity.OpenKeyFileForNetworkAsync(surroundings, result, cancellation).ConfigureAwait(false);
            if (identity is not { User: { } user }) return ExitCode.Identity;
            StateFolder state = StateOf(surroundings, result, user.Keys.Fingerprint);
            return await _client.RunAsync(result, client => RunAsync(surroundings, client, identity, state, Direct(result), TakesSalted && result.GetValue(_salted), session =>
                act(new MessengerScene(client, session, result.GetValue(_json), _client.DeadlineOf(result), user, state), result))).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>Makes a command that acts as a user on this machine alone.</summary>
    /// <returns>The same command.</returns>
    public Command ForUserAlone(DnaCommand command, Surroundings surroundings, Func<LocalScene, ParseResult, Task<int>> act)
    {
        AddUser(command);
        command.Options.Add(_json);
        command.SetAction(async (result, _) =>
        {
            using OpenedKeyFile? opened = await Identity.OpenAsync(surroundings, result).ConfigureAwait(false);
            if (opened is null) return ExitCode.Identity;
            InvocationConfiguration to = result.InvocationConfiguration;
            StateFolder state = StateOf(surroundings, result, opened.Identity.Keys.Fingerprint);
            return await act(new LocalScene(to.Output, to.Error, result.GetValue(_json), opened.Identity, state), result).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>Makes a command that looks at what this machine keeps for a user, and needs no key for it: the key file says who the user is, without its passphrase.</summary>
    /// <returns>The same command.</returns>
    public Command ForFolder(DnaCommand command, Surroundings surroundings, Func<Speaker, StateFolder, Task<int>> act)
    {
        command.Options.Add(Identity.Key);
        command.Options.Add(_state);
        command.Options.Add(_json);
        command.SetAction(async (result, _) =>
        {
            if (await Identity.ReadAsync(surroundings, result).ConfigureAwait(false) is not { } file) return ExitCode.Identity;
            InvocationConfiguration to = result.InvocationConfiguration;
            return await act(new Speaker(to.Output, to.Error, result.GetValue(_json)), StateOf(surroundings, result, file.Header.Fingerprint)).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>Makes a command that reads what everybody may read: it takes no key and asks for no passphrase.</summary>
    /// <returns>The same command.</returns>
    public Command ForAnybody(DnaCommand command, Surroundings surroundings, Func<ReaderScene, ParseResult, Task<int>> act)
    {
        AddNetwork(command);
        command.SetAction((result, _) => _client.RunAsync(result, client => RunAsync(surroundings, client, services =>
            act(new ReaderScene(client, services, result.GetValue(_json), _client.DeadlineOf(result)), result))));
        return command;
    }

    /// <summary>As <see cref="ForAnybody"/>, for a command that is about a user who is ourselves when nobody is said: the key file then says who that is, without its passphrase.</summary>
    /// <param name="user">The argument that says whom.</param>
    /// <param name="act">Is handed the name or fingerprint.</param>
    /// <returns>The same command.</returns>
    public Command ForAnybodyOrUs(DnaCommand command, Surroundings surroundings, Argument<string?> user, Func<ReaderScene, ParseResult, string, Task<int>> act)
    {
        command.Options.Add(Identity.Key);
        AddNetwork(command);
        command.SetAction(async (result, _) =>
        {
            string? who = result.GetValue(user);
            if (who is null)
            {
                if (await Identity.ReadAsync(surroundings, result).ConfigureAwait(false) is not { } file) return ExitCode.Identity;
                who = file.Header.Fingerprint;
            }

            return await _client.RunAsync(result, client => RunAsync(surroundings, client, services =>
                act(new ReaderScene(client, services, result.GetValue(_json), _client.DeadlineOf(result)), result, who))).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>Runs as nobody.</summary>
    private static async Task<int> RunAsync(Surroundings surroundings, ClientScene client, Func<MessengerServices, Task<int>> act)
    {
        using var network = new RecordNetwork(client.Session.Secure(null), surroundings.RecordSuites, TimeProvider.System);
        using var services = new MessengerServices(network, new MemoryDeliveryLog());
        return await act(services).ConfigureAwait(false);
    }

    /// <summary>Runs as a user.</summary>
    private async Task<int> RunAsync(
        Surroundings surroundings, ClientScene client, NetworkIdentity identity, StateFolder state, DirectOptions? direct, bool isSalted, Func<MessengerSession, Task<int>> act)
    {
        var session = new MessengerSession(new SessionOptions
        {
            Suites = surroundings.RecordSuites,
            Directory = KeepsState ? state.Root : null,
            HasCaches = KeepsState,
            Direct = direct,
            HasSaltedKeys = isSalted,
            Notify = text => client.Error.WriteLine("dna: " + text),
        });
        await using (session.ConfigureAwait(false))
        {
            var who = new SessionUser(identity.User!.Keys, client.Session.Secure(identity.Rsa));
            ResultCode started = await session.StartAsync(who, client.Cancellation).ConfigureAwait(false);
            if (started == ResultCode.NetworkError) return ExitCode.AddressInUse;
            if (started != ResultCode.Success) return await ClientCommand.FailAsync(client.Error, ResultReport.ExitOf(started), ResultReport.TextOf(started, state.Root, false)).ConfigureAwait(false);
            return await act(session).ConfigureAwait(false);
        }
    }

    private StateFolder StateOf(Surroundings surroundings, ParseResult result, string fingerprint) =>
        StateFolder.Of(KeepsState ? result.GetValue(_state) : null, new KeyPlace(surroundings).Find(result.GetValue(Identity.Key)), fingerprint);

    private void AddUser(Command command)
    {
        command.Options.Add(Identity.Key);
        command.Options.Add(Identity.PassphraseFile);
        if (KeepsState) command.Options.Add(_state);
        if (TakesSalted) command.Options.Add(_salted);
    }

    private void AddNetwork(Command command)
    {
        command.Options.Add(_json);
        _client.AddTo(command);
    }
}
