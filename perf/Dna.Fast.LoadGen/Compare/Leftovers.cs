using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Dna.Fast.LoadGen.Compare;

/// <summary>
/// Processes and directories that must not outlive this program: a signal that ends it ends and removes them first. Any thread.
/// </summary>
internal static class Leftovers
{
    /// <summary>What a shell adds to the number of a signal to name the end by it.</summary>
    private const int SignalExit = 128;

    private static readonly Lock Gate = new();
    private static readonly HashSet<Process> Processes = [];
    private static readonly HashSet<string> Directories = [];
    private static bool _isEnding;

    /// <summary>From here on SIGTERM, SIGINT and SIGHUP remove what is left before they end the program. Disposing gives the signals back.</summary>
    public static IDisposable WatchSignals() => new Signals(
        [.. new[] { (PosixSignal.SIGTERM, 15), (PosixSignal.SIGINT, 2), (PosixSignal.SIGHUP, 1) }
            .Select(s => PosixSignalRegistration.Create(s.Item1, _ =>
            {
                EndAll();
                Environment.Exit(SignalExit + s.Item2);
            }))]);

    /// <summary>Makes an empty directory.</summary>
    public static string AddDirectory()
    {
        lock (Gate)
        {
            string path = Directory.CreateTempSubdirectory("dna-load-").FullName;
            Directories.Add(path);
            return path;
        }
    }

    public static void RemoveDirectory(string path)
    {
        lock (Gate)
        {
            if (Directories.Remove(path)) Directory.Delete(path, true);
        }
    }

    /// <summary>Starts a process.</summary>
    /// <exception cref="OperationCanceledException">The program is ending.</exception>
    public static Process Start(ProcessStartInfo start)
    {
        // Under the lock: none can be started behind the back of a signal.
        lock (Gate)
        {
            if (_isEnding) throw new OperationCanceledException();
            Process process = Process.Start(start)!;
            Processes.Add(process);
            return process;
        }
    }

    /// <summary>Ends a process at once (SIGKILL) and waits until it is gone.</summary>
    public static void End(Process process)
    {
        lock (Gate)
        {
            if (!Processes.Remove(process)) return;
            Kill(process);
            process.Dispose();
        }
    }

    private static void EndAll()
    {
        lock (Gate)
        {
            _isEnding = true;
            foreach (Process process in Processes) Kill(process);
            Processes.Clear();
            foreach (string path in Directories) Directory.Delete(path, true);
            Directories.Clear();
        }
    }

    private static void Kill(Process process)
    {
        if (!process.HasExited) process.Kill();
        process.WaitForExit();
    }

    private sealed class Signals(PosixSignalRegistration[] registrations) : IDisposable
    {
        public void Dispose()
        {
            foreach (PosixSignalRegistration registration in registrations) registration.Dispose();
        }
    }
}
