using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>A process of a test: its output line by line, its input, and its certain end.</summary>
/// <remarks>Only processes started here are ever killed, each by its own handle.</remarks>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<int, Process> Running = new();
    private readonly Process _process;

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        // A test host that is ended early takes its children along.
        foreach (Process process in Running.Values) Kill(process);
    };

    private ChildProcess(Process process) => _process = process;

    public OutputLog Output { get; } = new();

    public OutputLog Errors { get; } = new();

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <param name="install">What a person has to do when the program is not there.</param>
    /// <param name="workingDirectory">Null: the directory of temporary files.</param>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, string install, string? workingDirectory = null)
    {
        ProcessStartInfo info = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? Path.GetTempPath(),
        };
        Process process = new() { StartInfo = info };
        ChildProcess child = new(process);
        process.OutputDataReceived += (_, line) => Take(child.Output, line.Data);
        process.ErrorDataReceived += (_, line) => Take(child.Errors, line.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException($"'{program}' does not start ({error.Message}). {install}", error);
        }

        Running[process.Id] = process;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Writes one line to the process.</summary>
    public void WriteLine(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>No more input: an interactive program ends.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Sends a signal by its name (TERM, STOP, CONT, KILL) to this process alone.</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("/bin/kill", ["-" + name, _process.Id.ToString()]);
        kill.WaitForExit(5_000);
    }

    /// <summary>Ends it this instant (SIGKILL), without a helper that takes its time to start.</summary>
    public void KillNow() => Kill(_process);

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code, or null when the time is over.</returns>
    public async Task<int?> WaitForExitAsync(TimeSpan timeout)
    {
        using CancellationTokenSource deadline = new(timeout);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill(_process);
        await WaitForExitAsync(TimeSpan.FromSeconds(60));
        Running.TryRemove(_process.Id, out _);
        _process.Dispose();
    }

    private static void Take(OutputLog log, string? line)
    {
        if (line is null) log.End();
        else log.Add(line);
    }

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited) process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended in between.
        }
    }
}
