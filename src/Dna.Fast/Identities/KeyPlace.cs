namespace Dna.Fast.Identities;

/// <summary>Where key files lie when nobody says: <c>~/.dna/NAME.key</c>, beside the original messenger's files.</summary>
internal sealed class KeyPlace(Surroundings surroundings)
{
    public const string DefaultName = "identity";

    private const string Ending = ".key";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string Folder { get; } = Path.Combine(surroundings.Variable("HOME") is { Length: > 0 } home ? home : ".", ".dna");

    /// <summary>The file somebody means.</summary>
    /// <param name="said">A path, or the name of a file in <see cref="Folder"/>; null: the default.</param>
    public string Find(string? said)
    {
        if (said is null) return InFolder(DefaultName);
        return !said.Contains('/', StringComparison.Ordinal) && !File.Exists(said) && File.Exists(InFolder(said)) ? InFolder(said) : said;
    }

    /// <summary>Where a new file goes.</summary>
    /// <param name="path">What was said; null: named after <paramref name="name"/>.</param>
    /// <param name="name">May be empty.</param>
    /// <returns>Null when the name cannot name a file.</returns>
    public string? ForNew(string? path, string name)
    {
        if (path is not null) return path;
        if (name.Length == 0) return InFolder(DefaultName);
        bool canName = name[0] != '.' && name[0] != '-' && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');
        return canName ? InFolder(name) : null;
    }

    /// <summary>Makes the folder, for its owner alone, when a file is to be written into it.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be made.</exception>
    public void Prepare(string path)
    {
        if (Path.GetDirectoryName(path) == Folder) Prepare();
    }

    /// <summary>Makes the folder, for its owner alone, when it is not there.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be made.</exception>
    public void Prepare()
    {
        if (Directory.Exists(Folder)) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Folder);
        else Directory.CreateDirectory(Folder, OwnerOnly);
    }

    private string InFolder(string name) => Path.Combine(Folder, name + Ending);
}
