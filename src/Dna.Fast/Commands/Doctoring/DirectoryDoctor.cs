using System.Diagnostics;
using System.Globalization;
using Dna.Fast.Health;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands.Doctoring;

/// <summary>The data directory: whose it is, who can look into it, whether it can be written, and how fast its disk is.</summary>
internal static class DirectoryDoctor
{
    /// <summary>Entries whose permissions are looked at: the files of a large store.</summary>
    private const int EntriesMax = 10_000;

    /// <summary>Commits that are tried: their median says more than the first.</summary>
    private const int Commits = 11;

    /// <summary>A commit of a few values, in bytes.</summary>
    private const int CommitBytes = 4096;

    /// <summary>What the throughput is measured with, in bytes.</summary>
    private const int BulkBytes = 16 << 20;

    /// <summary>A commit takes a hard disk about 10 ms; at several times that, whoever puts something waits noticeably.</summary>
    private const double CommitMsWarning = 50, CommitMsFailing = 1_000;

    /// <summary>In MiB a second: compaction and checkpoints write the store a few times over.</summary>
    private const double BulkRateWarning = 10;

    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    public static void Examine(Examination examination)
    {
        if (!Exists(examination)) return;
        Permissions(examination);
        Disk(examination);
    }

    private static bool Exists(Examination examination)
    {
        if (Directory.Exists(examination.Directory)) return true;
        string? parent = examination.Directory;
        while (parent is not null && !Directory.Exists(parent)) parent = Path.GetDirectoryName(parent);
        string? probe = parent is null ? null : Path.Combine(parent, ".dna-doctor-" + Environment.ProcessId);
        try
        {
            if (File.Exists(examination.Directory) || probe is null) throw new IOException("there is something else of that name");
            Directory.CreateDirectory(probe);
            Directory.Delete(probe);
            examination.Ok("directory", $"{examination.Directory} is not there yet; dna run makes it");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            examination.Fail("directory", $"{examination.Directory} is not there and cannot be made: {failure.Message}", $"As root: install -d -m 700 -o USER {examination.Directory}");
        }

        return false;
    }

    private static void Permissions(Examination examination)
    {
        if (OperatingSystem.IsWindows()) return;
        var foreign = new List<string>();
        var open = new List<string>();
        try
        {
            foreach (string entry in Directory.EnumerateFileSystemEntries(examination.Directory, "*", SearchOption.AllDirectories).Take(EntriesMax).Prepend(examination.Directory))
            {
                if ((File.GetUnixFileMode(entry) & Others) != 0) open.Add(entry);
                if (File.Exists(entry) && !IsSocket(entry) && !CanWrite(entry)) foreign.Add(entry);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            foreign.Add(failure.Message);
        }

        if (foreign.Count > 0)
            examination.Fail("permissions", $"not this user's to write: {foreign[0]}{More(foreign.Count)}", $"Run doctor as the node's user, or give it the files: chown -R USER {examination.Directory}");
        else if (open.Count > 0)
            examination.Warn("permissions", $"other users can use {open[0]}{More(open.Count)}", $"chmod -R go= {examination.Directory}");
        else examination.Ok("permissions", $"{examination.Directory} is this user's alone");
    }

    private static string More(int count) => count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {count - 1} more");

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static bool IsSocket(string path) => Path.GetExtension(path) == ".sock";

    private static bool CanWrite(string path)
    {
        try
        {
            // Another process may hold it: that is no matter of rights.
            using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static void Disk(Examination examination)
    {
        string path = Path.Combine(examination.Directory, $".doctor-{Environment.ProcessId}");
        try
        {
            (double commitMs, double rate) = Measure(path);
            string speed = string.Create(CultureInfo.InvariantCulture, $"a commit takes {commitMs:0.0} ms, {rate:0} MiB/s are written");
            const string Fix = "Put the data on a local disk (SSD), not on a network file system; see what else writes there: iostat -x 1";
            if (commitMs > CommitMsFailing) examination.Fail("disk_speed", speed, Fix);
            else if (commitMs > CommitMsWarning || rate < BulkRateWarning) examination.Warn("disk_speed", speed, Fix);
            else examination.Ok("disk_speed", speed);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            examination.Fail("disk_speed", $"{examination.Directory} cannot be written: {failure.Message}", "Is the disk full, read-only or of another user? df, mount, ls -ld");
        }

        long free = HealthSource.FreeBytesOf(examination.Directory);
        long wanted = 2 * examination.Settings.StoreBytes;
        string room = $"{ByteSize.Format(Math.Max(0, free))} free";
        // A running node says itself when there is too little; this is about what the store may grow to.
        if (free >= 0 && free < wanted) examination.Warn("disk_room", $"{room}; a full store takes up to {ByteSize.Format(wanted)}", "Make room, or lower store.limit");
        else examination.Ok("disk_room", room);
    }

    private static (double CommitMs, double MiBPerSecond) Measure(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.DeleteOnClose };
        using var file = new FileStream(path, options);
        byte[] bulk = new byte[BulkBytes];
        new Random(1).NextBytes(bulk);
        var commits = new double[Commits];
        for (int i = 0; i < Commits; i++)
        {
            long start = Stopwatch.GetTimestamp();
            file.Write(bulk, 0, CommitBytes);
            file.Flush(flushToDisk: true);
            commits[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        long begin = Stopwatch.GetTimestamp();
        file.Write(bulk);
        file.Flush(flushToDisk: true);
        double seconds = Math.Max(Stopwatch.GetElapsedTime(begin).TotalSeconds, 1e-6);
        Array.Sort(commits);
        return (commits[Commits / 2], BulkBytes / (double)(1 << 20) / seconds);
    }
}
