namespace Dna.Fast.Simulation.Tests.World;

/// <summary>A failed simulation: its message names the seed and the command that replays it.</summary>
internal sealed class SimFailureException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Runs a scenario with a seed of its own and says how to run it again when it fails.</summary>
internal static class Scenario
{
    public const string SeedVariable = "DNA_SIM_SEED";

    /// <param name="options">The weather.</param>
    /// <param name="scenario">What happens; throws when a fact does not hold.</param>
    /// <param name="test">Name of the test.</param>
    /// <returns>The trace hash.</returns>
    public static ulong Run(SimOptions options, Action<SimNetwork> scenario, [System.Runtime.CompilerServices.CallerMemberName] string test = "")
    {
        ulong seed = ulong.TryParse(Environment.GetEnvironmentVariable(SeedVariable), out ulong given)
            ? given
            : BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8));
        return Run(seed, options, scenario, test);
    }

    public static ulong Run(ulong seed, SimOptions options, Action<SimNetwork> scenario, [System.Runtime.CompilerServices.CallerMemberName] string test = "")
    {
        using SimNetwork network = new(seed, options);
        try
        {
            scenario(network);
            network.CheckInvariants();
            return network.TraceHash;
        }
        catch (Exception error)
        {
            throw new SimFailureException(
                $"""
                {error.Message}
                  at {network.ElapsedMs} ms of virtual time, after {network.Datagrams} datagrams
                  replay: {SeedVariable}={seed} dotnet run --project tests/Dna.Fast.Simulation.Tests -- --filter-method '*{test}'
                """,
                error);
        }
    }
}
