using System.Globalization;

namespace Dna.Fast.Messaging;

/// <summary>Where the messenger keeps what must outlive a command: <c>messenger</c> beside the key file, in it a folder for each user, named by the fingerprint. Mode 0700; files 0600.</summary>
internal sealed class StateFolder
{
    public const string DefaultName = "messenger";

    /// <summary>Files of one name that are set aside: whatever damages more goes on doing it.</summary>
    private const int AsideMax = 100;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private StateFolder(string root, string fingerprint)
    {
        Root = root;
        Fingerprint = fingerprint;
        OfUser = Path.Combine(root, fingerprint);
    }

    /// <summary>Whose it is.</summary>
    public string Fingerprint { get; }

    /// <summary>Shared by the users of this machine's account.</summary>
    public string Root { get; }

    /// <summary>One user's own.</summary>
    public string OfUser { get; }

    /// <param name="said">What <c>--state</c> said; null: beside the key file.</param>
    /// <param name="keyFile">Path of the user's key file.</param>
    public static StateFolder Of(string? said, string keyFile, string fingerprint) =>
        new(Path.GetFullPath(said ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(keyFile))!, DefaultName)), fingerprint);

    /// <summary>Makes the user's folder, for its owner alone, when it is not there.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be made.</exception>
    public void Prepare()
    {
        Make(Root);
        Make(OfUser);
    }

    /// <summary>Renames a file that is of no use, beside what was renamed before: each may be all that is left of something.</summary>
    /// <returns>Its new path.</returns>
    /// <exception cref="IOException">Not renamed.</exception>
    /// <exception cref="UnauthorizedAccessException">Not renamed.</exception>
    public static string SetAside(string path)
    {
        for (int i = 1; i <= AsideMax; i++)
        {
            string aside = i == 1 ? path + ".damaged" : string.Create(CultureInfo.InvariantCulture, $"{path}.damaged-{i}");
            if (Path.Exists(aside)) continue;
            File.Move(path, aside);
            return aside;
        }

        throw new IOException($"{path} is damaged, and so many were set aside before it that somebody should look at them.");
    }

    private static void Make(string folder)
    {
        if (Directory.Exists(folder)) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly);
    }
}
