namespace Dna.Fast.Messaging;

/// <summary>One command at a time, of all processes of a machine, at something that a user has: what reads a record, adds to it and writes it again would lose what another adds meanwhile.</summary>
/// <remarks>The system gives a turn back when its process ends, however it ends.</remarks>
internal sealed class StateTurn : IDisposable
{
    /// <summary>The turn at messages that were not shown yet.</summary>
    public const string Inbox = "inbox";

    /// <summary>Between two looks whether it is our turn: others have it for as long as a put takes.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly FileStream _file;

    private StateTurn(FileStream file) => _file = file;

    /// <summary>Waits for a turn.</summary>
    /// <param name="what">Names the file: <c>wall</c>.</param>
    /// <returns>Null after a message when it does not come, or the folder cannot be used; then the command ends with <see cref="ExitCode.Store"/>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async Task<StateTurn?> TakeAsync(MessengerScene scene, string what)
    {
        string path = Path.Combine(scene.State.OfUser, what + ".turn");
        DateTimeOffset end = TimeProvider.System.GetUtcNow() + scene.Deadline;
        try
        {
            scene.State.Prepare();
            while (true)
            {
                if (TryOpen(path) is { } file) return new StateTurn(file);
                if (TimeProvider.System.GetUtcNow() >= end) break;
                await Task.Delay(Pause, scene.Cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            await scene.NoteAsync($"the files of --state cannot be used: {refusal.Message}").ConfigureAwait(false);
            return null;
        }

        await scene.NoteAsync($"another dna command of this user is at work with the {what}: try again when it has ended").ConfigureAwait(false);
        return null;
    }

    public void Dispose() => _file.Dispose();

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
}
