namespace Dna.Fast.Net.Linux;

/// <summary>Whether the system cuts messages of several datagrams: learned from what it refuses. One thread, the worker's.</summary>
/// <remarks>
/// Only what is wrong with the system counts. A datagram too large for the way to one peer, a way that is missing or forbidden: such a message says nothing
/// about the next one, and if it did, one peer could slow down the answers to all.
/// </remarks>
/// <param name="isKnown">The kernel knows <c>UDP_SEGMENT</c>.</param>
internal sealed class CutSupport(bool isKnown)
{
    /// <summary>So many messages refused with none cut between them, and datagrams leave alone from then on: fewer may come from a device that is just changing.</summary>
    public const int RefusedMax = 64;

    /// <summary>Datagrams up to this size fit every way, so it is not their size that was refused, in bytes: Linux believes in no path MTU below 552, less the
    /// headers of IPv4 and UDP, rounded down.</summary>
    public const int SmallBytesMax = 512;

    private int _refused;

    /// <summary>True: neighbours may leave joined.</summary>
    public bool IsUsed { get; private set; } = isKnown;

    /// <summary>A message was cut.</summary>
    public void Succeeded() => _refused = 0;

    /// <summary>A message was refused whose datagrams the system took one by one.</summary>
    /// <param name="error">Why the message was refused.</param>
    /// <param name="segmentBytes">Size of its first datagram.</param>
    public void Refused(int error, int segmentBytes)
    {
        // Some kernels say of a datagram above the path's MTU that it is too large, others that it is invalid, as they say of what they do not understand.
        bool isInability = error is LibC.ErrorInputOutput or LibC.ErrorNoOption or LibC.ErrorNotSupported
            || (error == LibC.ErrorInvalid && segmentBytes <= SmallBytesMax);
        if (isInability && ++_refused >= RefusedMax) IsUsed = false;
    }
}
