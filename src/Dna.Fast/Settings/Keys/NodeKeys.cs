namespace Dna.Fast.Settings.Keys;

/// <summary>Settings of the process.</summary>
internal static class NodeKeys
{
    /// <summary>More packet threads than this only wait for each other's memory on the machines such nodes run on; whoever knows better says so.</summary>
    private const int WorkersDefaultMax = 4;

    private const int WorkersMax = 64;

    public static ConfigKey<string> Data { get; } = new(
        "node.data", ConfigKind.Text, "Where the node keeps its values, its id and the nodes it knows", "a directory",
        DefaultDirectory.Path, SettingTexts.TryPath, text => text)
    {
        Flag = "--data",
        HelpName = "DIR",
        DefaultInWords = "$XDG_STATE_HOME/dna, else ~/.local/state/dna",
        Example = "\"/var/lib/dna\"",
    };

    public static ConfigKey<string?> StateFile { get; } = new(
        "node.state_file", ConfigKind.Text, "State file of a stock node (its -f): read at the start, written with the good nodes", "a file, or nothing",
        null, SettingTexts.TryOptionalPath, text => text!)
    {
        Flag = "--state-file",
        HelpName = "FILE",
        DefaultInWords = "none",
    };

    public static ConfigKey<int> Workers { get; } = new(
        "node.workers", ConfigKind.Number, "Packet threads", $"a number from 1 to {WorkersMax}",
        Math.Min(Environment.ProcessorCount, WorkersDefaultMax), SettingTexts.Number(1, WorkersMax), SettingTexts.Write)
    {
        Flag = "--workers",
        HelpName = "N",
        DefaultInWords = $"one per processor, {WorkersDefaultMax} at most",
        Example = "2",
    };

    public static IReadOnlyList<ConfigKey> All { get; } = [Data, StateFile, Workers];
}
