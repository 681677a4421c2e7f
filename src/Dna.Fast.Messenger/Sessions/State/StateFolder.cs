using System.Globalization;

namespace Dna.Fast.Messenger;

/// <summary>One user's state on the disk: small files in the frame of <see cref="StateFrame"/>, which are read or set aside, and written whole. Any thread; one turn at each file at a time.</summary>
/// <param name="path">The user's folder; made with its parents when it is not there.</param>
/// <param name="notify">Told of a damaged file.</param>
internal sealed class StateFolder(string path, TimeProvider time, Action<string>? notify) : IDisposable
{
    /// <summary>Turns among processes.</summary>
    public FileTurns Turns { get; } = new(path, time);

    /// <exception cref="IOException">Not made.</exception>
    /// <exception cref="UnauthorizedAccessException">Not made.</exception>
    public void Make() => DurableFile.MakeFolder(path);

    /// <summary>Reads a file; one that is damaged, or of another version, is renamed, so that nothing is lost, and counts as none.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be read.</exception>
    public byte[]? Read(StateKind kind, string name)
    {
        string file = Path.Combine(path, name);
        if (DurableFile.Read(file, StateFrame.FileBytesMax) is not { } bytes) return null;
        RecordStatus status = StateFrame.Read(bytes, kind, out ReadOnlySpan<byte> content);
        if (status == RecordStatus.Ok) return content.ToArray();
        SetAside(name, status == RecordStatus.UnknownVersion ? "was written by another version of this program" : "is damaged");
        return null;
    }

    /// <summary>Reads a file without a turn: one that is damaged counts as none, and is left to whoever has the turn.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be read.</exception>
    public byte[]? Peek(StateKind kind, string name) =>
        DurableFile.Read(Path.Combine(path, name), StateFrame.FileBytesMax) is { } bytes && StateFrame.Read(bytes, kind, out ReadOnlySpan<byte> content) == RecordStatus.Ok ? content.ToArray() : null;

    /// <summary>Renames a file that is of no use.</summary>
    /// <param name="why">Goes on after the file's name.</param>
    /// <exception cref="IOException">Not renamed.</exception>
    /// <exception cref="UnauthorizedAccessException">Not renamed.</exception>
    public void SetAside(string name, string why)
    {
        string file = Path.Combine(path, name);
        string aside = string.Create(CultureInfo.InvariantCulture, $"{file}.damaged-{time.GetUtcNow().ToUnixTimeSeconds()}");
        File.Move(file, aside, overwrite: true);
        notify?.Invoke($"The file {file} {why}. It is kept as {Path.GetFileName(aside)}, and what it held is taken from the network as far as it is there.");
    }

    /// <summary>True when a file is there.</summary>
    public bool Has(string name) => File.Exists(Path.Combine(path, name));

    /// <inheritdoc cref="DurableFile.Write"/>
    public void Write(StateKind kind, string name, ReadOnlySpan<byte> content, bool isDurable = true) =>
        DurableFile.Write(Path.Combine(path, name), StateFrame.Write(kind, content), isDurable);

    /// <summary>Names of files that begin so.</summary>
    public string[] Names(string begin) =>
        [.. Directory.EnumerateFiles(path, begin + "*").Select(Path.GetFileName).OfType<string>().Where(name => name.StartsWith(begin, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public void Dispose() => Turns.Dispose();

    public void Delete(string name) => File.Delete(Path.Combine(path, name));
}
