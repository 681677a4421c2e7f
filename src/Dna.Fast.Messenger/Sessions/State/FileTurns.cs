using System.Security.Cryptography;

namespace Dna.Fast.Messenger;

/// <summary>A turn at state that several processes of one user share: a command that sends, and one that listens all day.</summary>
/// <param name="wasOurs">True: nobody else had a turn since our last one, so what we know of the state still holds.</param>
/// <param name="here">The turn among the threads of this process.</param>
internal sealed class FileTurn(FileStream file, bool wasOurs, IDisposable here) : IDisposable
{
    public bool WasOurs => wasOurs;

    public void Dispose()
    {
        file.Dispose();
        here.Dispose();
    }
}

/// <summary>One turn at a time at each of several lock files, among all processes. Any thread.</summary>
/// <remarks>A lock file holds the mark of whoever had it last, a random number of each object of this class; the system gives a lock back when its process ends, however it ends.</remarks>
internal sealed class FileTurns(string folder, TimeProvider time) : IDisposable
{
    private const int MarkBytes = 8;

    /// <summary>Between two looks whether a lock is free: another process has it for as long as a put takes.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    // Threads wait here and not for the file: for that one can only look again and again.
    private readonly KeyLocks _here = new();
    private readonly byte[] _mark = RandomNumberGenerator.GetBytes(MarkBytes);

    /// <summary>Waits for a turn.</summary>
    /// <returns>Null when the deadline came first.</returns>
    /// <exception cref="IOException">The lock file cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The lock file cannot be used.</exception>
    public async Task<FileTurn?> EnterAsync(string name, Deadline deadline, CancellationToken cancellation)
    {
        IDisposable? here = await _here.EnterAsync(name, deadline, cancellation).ConfigureAwait(false);
        if (here is null) return null;
        FileTurn? turn = null;
        try
        {
            string path = Path.Combine(folder, name + ".lock");
            while (true)
            {
                if (TryOpen(path) is { } file) return turn = Begin(file, here);
                if (deadline.Left <= Pause) return null;
                await Task.Delay(Pause, time, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            if (turn is null) here.Dispose();
        }
    }

    public void Dispose() => _here.Dispose();

    private static FileStream? TryOpen(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            return new FileStream(path, options);
        }
        catch (IOException taken) when (taken is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException) && File.Exists(path))
        {
            return null;
        }
    }

    private FileTurn Begin(FileStream file, IDisposable here)
    {
        try
        {
            Span<byte> last = stackalloc byte[MarkBytes];
            bool wasOurs = file.ReadAtLeast(last, MarkBytes, throwOnEndOfStream: false) == MarkBytes && last.SequenceEqual(_mark);
            if (!wasOurs)
            {
                file.Position = 0;
                file.Write(_mark);
            }

            return new FileTurn(file, wasOurs, here);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
