using System.Buffers.Binary;
using Dna.Fast.Storage.Faster;

namespace Dna.Fast.Storage.Disk;

/// <summary>Where bytes go that were once records: <c>damaged/name</c>, rows of i64 address, i32 length and the bytes, little endian. Any thread.</summary>
internal sealed class DamageFile(IStoreDisk disk, string directory)
{
    // A dying disk must not fill the rest of itself with what it broke, nor our memory with addresses.
    private const long FileBytesMax = 64 << 20;
    private const int RememberedMax = 100_000;

    private readonly Lock _lock = new();
    private readonly HashSet<(string Log, long Address)> _seen = [];
    private bool _asked;

    /// <summary>True when the last opening was asked to rebuild the index.</summary>
    public bool RebuildWanted => disk.FileExists(Path.Combine(directory, FileNames.Rebuild));

    /// <returns>False when these bytes were set aside before.</returns>
    public bool SetAside(string log, long address, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (_seen.Count < RememberedMax && !_seen.Add((log, address))) return false;
            try
            {
                string folder = Path.Combine(directory, FileNames.DamagedDirectory);
                disk.CreateDirectory(folder);
                using IStoreFile file = disk.Open(Path.Combine(folder, log));
                if (file.Length + bytes.Length > FileBytesMax) return true;
                byte[] row = new byte[sizeof(long) + sizeof(int) + bytes.Length];
                BinaryPrimitives.WriteInt64LittleEndian(row, address);
                BinaryPrimitives.WriteInt32LittleEndian(row.AsSpan(sizeof(long)), bytes.Length);
                bytes.CopyTo(row.AsSpan(sizeof(long) + sizeof(int)));
                file.Write(row, file.Length);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The disk that broke the record may refuse this too; it is counted in any case.
            }

            return true;
        }
    }

    /// <summary>Has the next opening rebuild the index.</summary>
    public void AskForRebuild()
    {
        lock (_lock)
        {
            if (_asked) return;
            _asked = true;
            try
            {
                disk.Open(Path.Combine(directory, FileNames.Rebuild)).Dispose();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                _asked = false;
            }
        }
    }

    /// <summary>The index has been rebuilt.</summary>
    public void RebuildDone()
    {
        lock (_lock)
        {
            _asked = false;
            disk.Delete(Path.Combine(directory, FileNames.Rebuild));
        }
    }
}
