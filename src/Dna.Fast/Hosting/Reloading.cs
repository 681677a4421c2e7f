using Dna.Fast.Logging;
using Dna.Fast.Settings;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Hosting;

/// <summary>Reads the configuration anew while the node runs, takes what may change, and says what happened and what did not.</summary>
/// <remarks>One call at a time. A configuration with a problem changes nothing at all.</remarks>
/// <param name="inputs">Where the configuration comes from; the file is looked for anew.</param>
/// <param name="started">The configuration the node was started with.</param>
/// <param name="take">Hands new values of live keys to their users.</param>
internal sealed class Reloading(ConfigInputs inputs, Configuration started, Action<Configuration, IReadOnlyList<ConfigKey>> take, ILogger log)
{
    private readonly Configuration _started = started;
    private Configuration _taken = started;

    public void Reload()
    {
        LoadedConfig loaded = ConfigLoader.Load(inputs);
        if (loaded.Problems.Count > 0)
        {
            foreach (ConfigProblem problem in loaded.Problems) log.ConfigRefused(problem.ToString());
            return;
        }

        Configuration read = loaded.Configuration;
        string file = read.File ?? "no configuration file";
        ConfigKey[] changed = [.. read.DifferencesTo(_taken).Where(key => key.IsLive)];
        // Of what waits for a restart, the comparison is with what runs: a change that was taken back waits no more.
        ConfigKey[] waiting = [.. read.DifferencesTo(_started).Where(key => !key.IsLive)];
        take(read, changed);
        // Behind it: what was not taken to the end is a difference at the next signal too.
        _taken = read;
        if (changed.Length > 0) log.ConfigChanged(file, Names(changed));
        else if (waiting.Length == 0) log.ConfigUnchanged(file);
        if (waiting.Length > 0) log.ConfigNeedsRestart(Names(waiting));
    }

    private static string Names(ConfigKey[] keys) => string.Join(", ", keys.Select(key => key.Path));
}
