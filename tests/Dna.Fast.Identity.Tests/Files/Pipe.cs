using System.Diagnostics;

namespace Dna.Fast.Identity.Tests.Files;

/// <summary>Named pipes, as shells make them for <c>&lt;(command)</c>.</summary>
internal static class Pipe
{
    /// <summary>Makes a pipe for its owner alone and writes into it once somebody reads.</summary>
    /// <returns>Ends when all is written or the reader has gone.</returns>
    public static Task Write(string path, byte[] content)
    {
        using Process make = Process.Start("mkfifo", ["-m", "600", path]);
        Assert.True(make.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.Equal(0, make.ExitCode);
        return Task.Factory.StartNew(() => WriteAll(path, content), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static void WriteAll(string path, byte[] content)
    {
        try
        {
            using var pipe = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            pipe.Write(content);
        }
        catch (IOException)
        {
            // Whoever read has read enough.
        }
    }
}
