using System.CommandLine;
using System.Globalization;
using Dna.Fast.Settings;
using Dna.Fast.Wire;

namespace Dna.Fast.Commands;

/// <summary>What a client command takes: whom to ask, in which network, for how long. One for each command.</summary>
internal sealed class ClientOptions
{
    /// <summary>A put or get over a few hops with lost datagrams ends within this; a lone dead node is given up after 10 s.</summary>
    private const int TimeoutSecondsDefault = 30;

    private readonly TextOption<HostPort> _bootstrap = new("--bootstrap", new HostPort("127.0.0.1:4000", NodeAddress.V4(0x7F000001, HostPort.DefaultPort)), "-b")
    {
        Description = "A node of the network [default: 127.0.0.1:4000]",
        HelpName = "HOST[:PORT]",
        CustomParser = result =>
        {
            if (HostPort.TryParse(result.Tokens[0].Value, out HostPort? entry, out string? problem)) return entry;
            result.AddError($"--bootstrap: {problem}.");
            return null;
        },
    };

    private readonly TextOption<uint> _network = Texts.Option<uint>(
        "--network", "Network id; nodes of another one do not hear us", "N", ("0", 0u), SettingTexts.TryNetwork, "a number from 0 to 4294967295, or 0x and hex digits");

    private readonly TextOption<int> _timeout = Texts.Option<int>(
        "--timeout", "Seconds to wait for the answer", "S", ($"{TimeoutSecondsDefault}", TimeoutSecondsDefault), TrySeconds, "a number of seconds from 1 to 86400");

    /// <summary>Gives all three to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_bootstrap);
        AddWithoutBootstrapTo(command);
    }

    /// <summary>For a command whose argument says whom to ask.</summary>
    public void AddWithoutBootstrapTo(Command command)
    {
        command.Options.Add(_network);
        command.Options.Add(_timeout);
    }

    public uint NetworkOf(ParseResult result) => _network.Read(result);

    public TimeSpan DeadlineOf(ParseResult result) => TimeSpan.FromSeconds(_timeout.Read(result));

    /// <summary>Runs the command's one operation over the node that was said.</summary>
    /// <returns>The code to end with.</returns>
    public Task<int> RunAsync(ParseResult result, Func<ClientScene, Task<int>> act) => RunAsync(result, _bootstrap.Read(result), act);

    /// <summary>As the other, over a node that something else says.</summary>
    public Task<int> RunAsync(ParseResult result, HostPort entry, Func<ClientScene, Task<int>> act) => ClientCommand.RunAsync(result, entry, NetworkOf(result), act);

    private static bool TrySeconds(string text, out int seconds) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) && seconds is >= 1 and <= 86_400;
}
