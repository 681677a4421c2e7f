namespace Dna.Fast.Hosting;

/// <summary>Where a node keeps what must outlive it, and the names of its files.</summary>
internal sealed class DataDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private DataDirectory(string path, bool isOpenToOthers)
    {
        FullPath = path;
        IsOpenToOthers = isOpenToOthers;
    }

    public string FullPath { get; }

    /// <summary>True when it existed and other users can look into it: theirs to decide, ours to say.</summary>
    public bool IsOpenToOthers { get; }

    public string NodeId => Path.Combine(FullPath, "node.id");

    public string Nodes => NodesIn(FullPath);

    public static string TrafficIn(string directory) => Path.Combine(directory, "traffic");

    public string Store => StoreIn(FullPath);

    public string StatusSocket => StatusSocketIn(FullPath);

    public static string NodesIn(string directory) => Path.Combine(directory, "nodes");

    public static string StoreIn(string directory) => Path.Combine(directory, "store");

    public static string StatusSocketIn(string directory) => Path.Combine(directory, "status.sock");

    /// <summary>Makes it, for its owner alone, when it is not there.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be made.</exception>
    public static DataDirectory Open(string path)
    {
        string full = Path.GetFullPath(path);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(full);
            return new DataDirectory(full, false);
        }

        if (!Directory.Exists(full)) Directory.CreateDirectory(full, OwnerOnly);
        return new DataDirectory(full, (File.GetUnixFileMode(full) & ~OwnerOnly) != 0);
    }
}
