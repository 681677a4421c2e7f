using System.ComponentModel;
using System.Diagnostics;

namespace Dna.Fast.Identity.Tests.Kyber;

/// <summary>Oracle/kyber_oracle.py as a child: one question, one answer.</summary>
internal sealed class PythonOracle : IDisposable
{
    // A decapsulation takes it some 20 ms; a loaded machine is given a thousand times that.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _python;

    public PythonOracle()
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Oracle", "kyber_oracle.py");
        try
        {
            _python = Process.Start(new ProcessStartInfo("python3", ["-B", script]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException("This test needs python3: apt-get install python3.", error);
        }
    }

    /// <returns>The parts of the answer; a part it has no answer for is empty.</returns>
    public async Task<byte[][]> AskAsync(string command, params byte[][] arguments)
    {
        await _python.StandardInput.WriteLineAsync(command + " " + string.Join(' ', arguments.Select(Convert.ToHexString)));
        await _python.StandardInput.FlushAsync();
        string? answer = await _python.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        Assert.NotNull(answer);
        return [.. answer.Split(' ').Select(part => part == "-" ? [] : Convert.FromHexString(part))];
    }

    public void Dispose()
    {
        _python.StandardInput.Close();
        if (!_python.WaitForExit(Patience)) _python.Kill();
        _python.Dispose();
    }
}
