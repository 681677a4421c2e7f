using System.Net.Sockets;

namespace Dna.Fast.Messenger;

/// <summary>Whole pieces from and to a connection.</summary>
internal static class DirectBytes
{
    /// <summary>Reads until the room is full.</summary>
    /// <returns>False when the other closed or broke the connection before.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async Task<bool> FillAsync(Socket connection, Memory<byte> room, CancellationToken cancellation) =>
        await ReadAsync(connection, room, cancellation).ConfigureAwait(false) == room.Length;

    /// <summary>Reads until the room is full or the other closes or breaks the connection.</summary>
    /// <returns>Bytes that came.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async Task<int> ReadAsync(Socket connection, Memory<byte> room, CancellationToken cancellation)
    {
        int length = 0;
        try
        {
            while (length < room.Length)
            {
                int came = await connection.ReceiveAsync(room[length..], cancellation).ConfigureAwait(false);
                if (came == 0) break;
                length += came;
            }
        }
        catch (SocketException)
        {
            // As if it had been closed: what came before counts.
        }

        return length;
    }

    /// <exception cref="SocketException">The connection is broken.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async Task SendAsync(Socket connection, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty) bytes = bytes[await connection.SendAsync(bytes, cancellation).ConfigureAwait(false)..];
    }
}
