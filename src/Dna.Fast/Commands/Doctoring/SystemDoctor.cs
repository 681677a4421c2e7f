using System.Globalization;
using Dna.Fast.Hosting;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands.Doctoring;

/// <summary>What the system allows and says: descriptors, socket buffers, memory, time.</summary>
internal static class SystemDoctor
{
    /// <summary>Files of the store (one for 8 MiB of values), sockets and HTTP callers.</summary>
    private const long DescriptorsMin = 4096;

    /// <summary>What a node asks for each of its sockets, in bytes.</summary>
    private const long SocketBufferBytes = 4 << 20;

    /// <summary>What the program needs besides its store, in bytes.</summary>
    private const long ProgramBytes = 64L << 20;

    /// <summary>No node of this program ran before.</summary>
    private static readonly DateTimeOffset Beginning = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void Examine(Examination examination)
    {
        Descriptors(examination);
        Buffers(examination);
        Memory(examination);
        Clock(examination);
    }

    private static void Descriptors(Examination examination)
    {
        string process = examination.Status is { } status ? status.GetProperty("process").GetInt32().ToString(CultureInfo.InvariantCulture) : "self";
        string? line = ReadLines($"/proc/{process}/limits").FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        string? soft = line?["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        if (soft is null) examination.Ok("descriptors", "the limit of open files is not known here");
        else if (soft != "unlimited" && long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) && limit < DescriptorsMin)
            examination.Warn("descriptors", $"{limit} open files at most", "In the unit: LimitNOFILE=65536; in a shell: ulimit -n 65536");
        else examination.Ok("descriptors", $"{soft} open files at most");
    }

    private static void Buffers(Examination examination)
    {
        string? text = ReadLines("/proc/sys/net/core/rmem_max").FirstOrDefault();
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long most)) examination.Ok("udp_buffers", "their limit is not known here");
        else if (most < SocketBufferBytes)
        {
            examination.Warn(
                "udp_buffers", $"a socket buffers {ByteSize.Format(most)} at most; bursts beyond it are lost",
                string.Create(CultureInfo.InvariantCulture, $"As root: sysctl -w net.core.rmem_max={SocketBufferBytes} net.core.wmem_max={SocketBufferBytes}, and into /etc/sysctl.d; needless for a node with CAP_NET_ADMIN"));
        }
        else examination.Ok("udp_buffers", $"a socket may buffer {ByteSize.Format(most)}");
    }

    private static void Memory(Examination examination)
    {
        // Of the machine, or of the group (container, unit) we are in.
        long total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        long wanted = examination.Settings.MemoryBytes + ProgramBytes;
        if (total > 0 && total < wanted) examination.Fail("memory", $"{ByteSize.Format(total)} are allowed; the node wants {ByteSize.Format(wanted)}", "Lower store.memory, or allow more (MemoryMax, --memory)");
        else examination.Ok("memory", $"{ByteSize.Format(total)} are allowed, the node wants {ByteSize.Format(wanted)}");
    }

    // The protocol tells no peer's time: replies carry none. So the system is asked.
    private static void Clock(Examination examination)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        string time = now.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        const string Fix = "Let a time service set the clock: timedatectl set-ntp true, or install chrony";
        if (now < Beginning) examination.Fail("time", $"it is said to be {time}: the clock was never set", Fix);
        else if (Posix.IsClockSynchronised() is not { } isSynchronised) examination.Ok("time", $"it is {time}; whether a service keeps the clock right is not known here");
        else if (isSynchronised) examination.Ok("time", $"it is {time}, synchronised");
        else examination.Warn("time", $"it is {time}; the kernel says that nothing keeps the clock right", Fix);
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
