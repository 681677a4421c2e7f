using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NSec.Cryptography;

namespace Dna.Fast.Identity;

/// <summary>Finds libsodium for NSec inside the executable, so that one file is the whole program.</summary>
/// <remarks>
/// The shared object is written to an anonymous memory file and loaded from there: nothing appears on a disk, and a read-only or empty directory is enough.
/// A static program has it linked, carries no image of it and never asks here.
/// The foreign calls are memfd_create, with a constant string and a number, whose result is checked and owned by a SafeFileHandle; and libsodium's version, a constant text.
/// </remarks>
public static partial class SodiumLibrary
{
    // MFD_CLOEXEC: children do not inherit the file.
    private const uint CloseOnExec = 1;
    private static readonly Lock Gate = new();
    private static Func<Stream?>? _image;
    private static nint _handle;

    /// <summary>Says where the library's bytes are. Call once, before any use of NSec; nothing is loaded until the first use.</summary>
    /// <param name="image">Opens the shared object, or returns null when this build carries none: then the system's search decides.</param>
    /// <exception cref="InvalidOperationException">Called twice.</exception>
    public static void Use(Func<Stream?> image)
    {
        _image = image;
        NativeLibrary.SetDllImportResolver(typeof(SignatureAlgorithm).Assembly, Resolve);
        NativeLibrary.SetDllImportResolver(typeof(SodiumLibrary).Assembly, Resolve);
    }

    /// <summary>The version libsodium says it is, such as <c>1.0.22</c>. Loads it, and runs one hash through NSec, so an answer proves that both work.</summary>
    /// <exception cref="DllNotFoundException">This build carries no libsodium for this system, and the system has none.</exception>
    public static string LoadedVersion()
    {
        // NSec initialises the library on its first use and refuses any version but the one it was built for.
        byte[] digest = HashAlgorithm.Blake2b_256.Hash([]);
        if (digest.Length != 32) throw new InvalidOperationException("libsodium answers wrongly.");
        return Marshal.PtrToStringUTF8(VersionString()) ?? "unknown";
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? paths)
    {
        if (name != "libsodium") return 0;
        lock (Gate)
        {
            if (_handle == 0) _handle = LoadFromMemory();
            return _handle;
        }
    }

    private static nint LoadFromMemory()
    {
        if (!OperatingSystem.IsLinux()) return 0;
        using Stream? image = _image?.Invoke();
        if (image is null) return 0;
        int descriptor = MemoryFile("libsodium", CloseOnExec);
        if (descriptor < 0) throw new DllNotFoundException($"No memory file for libsodium: error {Marshal.GetLastPInvokeError()}.");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        using (var file = new FileStream(handle, FileAccess.Write, bufferSize: 0))
        {
            image.CopyTo(file);
            // The loader maps the file by its descriptor's name; once mapped, the descriptor is not needed any more.
            return NativeLibrary.Load($"/proc/self/fd/{descriptor}");
        }
    }

    [LibraryImport("libsodium", EntryPoint = "sodium_version_string")]
    private static partial nint VersionString();

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int MemoryFile(string name, uint flags);
}
