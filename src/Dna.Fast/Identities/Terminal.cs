using System.Runtime.InteropServices;
using System.Text;
using Dna.Fast.Identity;
using Microsoft.Win32.SafeHandles;

namespace Dna.Fast.Identities;

/// <summary>The controlling terminal, <c>/dev/tty</c>: it is there also when input and output are files.</summary>
/// <remarks>
/// Safe by its arguments alone: tcgetattr writes a termios, 60 bytes on 64-bit Linux with glibc, into a buffer of <see cref="StateBytes"/>, and tcsetattr reads it; both are
/// marshalled as pinned for the call. Read by system calls instead of the console's reader, whose buffers nobody can zero.
/// </remarks>
internal sealed partial class Terminal : ITerminal
{
    private const string Device = "/dev/tty";

    /// <summary>A line the kernel edits has at most 4,096 bytes with its end.</summary>
    private const int LineBytesMax = 4_096;

    /// <summary>Twice a termios, for systems whose own is larger.</summary>
    private const int StateBytes = 128;

    /// <summary>c_lflag lies behind three other words of flags.</summary>
    private const int LocalFlagsAt = 12;

    /// <summary>ECHO of the kernel's generic termbits.</summary>
    private const int Echo = 0x08;

    /// <summary>TCSAFLUSH: what was typed before the question is no answer to it.</summary>
    private const int AfterFlush = 2;

    private readonly FileStream _stream;
    private readonly SafeFileHandle _handle;

    private Terminal(FileStream stream)
    {
        _stream = stream;
        _handle = stream.SafeFileHandle;
    }

    /// <returns>Null when nobody sits there: a service, a pipeline of a build.</returns>
    public static ITerminal? Open()
    {
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            // Without a buffer each read and write is one system call on the caller's memory.
            return new Terminal(new FileStream(Device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0));
        }
        catch (Exception nobody) when (nobody is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Write(ReadOnlySpan<char> text)
    {
        using var bytes = new SecretBytes(Encoding.UTF8.GetMaxByteCount(text.Length));
        int length = Encoding.UTF8.GetBytes(text, bytes.Span);
        _stream.Write(bytes.Span[..length]);
    }

    public SecretBytes? ReadSecret(string prompt)
    {
        byte[] before = new byte[StateBytes];
        bool hasState = GetState(_handle, before) == 0;
        byte[] silent = [.. before];
        silent[LocalFlagsAt] = (byte)(silent[LocalFlagsAt] & ~Echo);
        // Whoever leaves by a signal leaves a terminal that shows again what is typed.
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Restore);
        using PosixSignalRegistration end = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Restore);
        if (hasState) _ = SetState(_handle, AfterFlush, silent);
        try
        {
            Write(prompt);
            return ReadLine();
        }
        finally
        {
            if (hasState) _ = SetState(_handle, AfterFlush, before);
            Write("\n");
        }

        void Restore(PosixSignalContext context)
        {
            if (hasState) _ = SetState(_handle, AfterFlush, before);
        }
    }

    public void Dispose() => _stream.Dispose();

    private SecretBytes? ReadLine()
    {
        using var line = new SecretBytes(LineBytesMax);
        int length = 0;
        while (length < LineBytesMax)
        {
            int read = _stream.Read(line.Span[length..]);
            if (read == 0) break;
            length += read;
            if (line.Span[length - 1] != (byte)'\n') continue;
            return SecretBytes.Copy(line.Span[..(length - 1)]);
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetState(SafeFileHandle terminal, [Out] byte[] state);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SetState(SafeFileHandle terminal, int when, byte[] state);
}
