using System.Diagnostics;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Measure;
using Dna.Fast.LoadGen.Sockets;
using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Compare;

/// <summary>A server to be compared: its name and the command that starts it. Immutable.</summary>
/// <param name="Command">Words separated by blanks; <c>{port}</c> and <c>{dir}</c> are replaced by a port and an empty directory.</param>
internal sealed record Rival(string Name, string Command)
{
    /// <summary>Reads <c>NAME=COMMAND</c>.</summary>
    public static bool TryParse(string text, out Rival? rival)
    {
        int equals = text.IndexOf('=');
        rival = equals > 0 && equals < text.Length - 1 && text.Contains("{port}", StringComparison.Ordinal)
            ? new Rival(text[..equals], text[(equals + 1)..]) : null;
        return rival != null;
    }
}

/// <summary>A started server. Disposing ends it at once (SIGKILL) and removes its directory, unless that is somebody else's.</summary>
internal sealed class RivalProcess : IDisposable
{
    private const long StartNsMax = 20 * Clock.Second;

    private readonly Process _process;
    private readonly string? _ownDirectory;

    private RivalProcess(Process process, string? ownDirectory, in NodeAddress address)
    {
        _process = process;
        _ownDirectory = ownDirectory;
        Address = address;
    }

    public NodeAddress Address { get; }

    public int Pid => _process.Id;

    /// <summary>From the start of the process to its first answer.</summary>
    public double StartMs { get; private set; }

    /// <summary>Resident memory, in bytes.</summary>
    public double Rss => ProcessSample.TryRead(Pid, out ProcessSample sample) ? sample.RssBytes : 0;

    /// <summary>Starts a server and waits for its first answer.</summary>
    /// <param name="kept">Its directory; null for a new one that goes with it.</param>
    /// <param name="network">Network id it was told; it answers in no other.</param>
    /// <exception cref="LoadException">It ends, or does not answer.</exception>
    public static RivalProcess Start(Rival rival, ushort port, string? kept = null, uint network = 0)
    {
        string? own = kept is null ? Leftovers.AddDirectory() : null;
        string directory = kept ?? own!;
        string[] words = rival.Command.Replace("{port}", port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            StringComparison.Ordinal)
            .Replace("{dir}", directory, StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true
        };
        long before = Clock.NowNs();
        Process process;
        try
        {
            process = Leftovers.Start(start);
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            if (own != null) Leftovers.RemoveDirectory(own);
            throw new LoadException(ExitCode.Failed, $"could not start '{words[0]}' for {rival.Name}: {failure.Message}",
                "install it, or leave this rival out");
        }

        // Read and forgotten, so that a talkative server does not wait for a full pipe; the last line is kept for error messages.
        string last = "";
        process.OutputDataReceived += (_, line) => last = line.Data ?? last;
        process.ErrorDataReceived += (_, line) => last = line.Data ?? last;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var started = new RivalProcess(process, own, NodeAddress.V4(0x7F00_0001, port));
        try
        {
            if (!started.WaitForAnswer(network))
            {
                string what = process.HasExited ? $"{rival.Name} ended with code {process.ExitCode}"
                    : $"{rival.Name} did not answer within {StartNsMax / Clock.Second} s";
                throw new LoadException(ExitCode.Failed, $"{what}: {last}", $"try its command by hand: {string.Join(' ', words)}");
            }
        }
        catch
        {
            started.Dispose();
            throw;
        }

        started.StartMs = (Clock.NowNs() - before) / 1e6;
        return started;
    }

    /// <summary>Ends it at once (SIGKILL).</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        Leftovers.End(_process);
        if (_ownDirectory != null) Leftovers.RemoveDirectory(_ownDirectory);
    }

    private bool WaitForAnswer(uint network)
    {
        int error = UdpSocket.Open(NodeAddress.V4(0x7F00_0001, 0), Address, false, 65_536, out UdpSocket? socket);
        if (error != 0) return false;
        using UdpSocket opened = socket!;
        var batch = new SendBatch(false);
        var inbound = new ReceiveBatch();
        var self = new Sender(KeySpace.FarId(InfoHash.Zero, new SplitMix((ulong)Clock.NowNs())), network, true);
        var poller = new Poller([opened]);
        for (long end = Clock.NowNs() + StartNsMax; Clock.NowNs() < end && !_process.HasExited;)
        {
            batch.Commit(QueryWriter.Ping(batch.Room, self, 0x8000_0001));
            batch.Flush(opened, out _);

            // The kernel tells of the closed port at once; a question every millisecond measures to a millisecond and loads nobody.
            Thread.Sleep(1);
            poller.Wait(0);
            if (inbound.Receive(opened) > 0) return true;
        }

        return false;
    }
}
