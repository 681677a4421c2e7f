using System.ComponentModel;
using System.Diagnostics;

namespace Dna.Fast.Messenger.Tests.Oracle;

/// <summary>dna_oracle.py as a child: one question, its lines as the answer.</summary>
internal static class DnaOracle
{
    // A signature takes it a fifth of a second, and one run has twenty; a loaded machine is given a hundred times that.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Name to what stands behind it, for each line.</summary>
    public static async Task<Dictionary<string, string>> AskAsync(params string[] arguments)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Oracle", "dna_oracle.py");
        using Process python = Start(["-B", script, .. arguments]);
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            Task<string> output = python.StandardOutput.ReadToEndAsync(patience.Token), errors = python.StandardError.ReadToEndAsync(patience.Token);
            await python.WaitForExitAsync(patience.Token);
            Assert.True(python.ExitCode == 0, await errors);
            return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r').Split(' ', 2)).ToDictionary(line => line[0], line => line[1]);
        }
        finally
        {
            if (!python.HasExited) python.Kill();
        }
    }

    private static Process Start(string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("python3", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException("This test needs python3: apt-get install python3.", error);
        }
    }
}
