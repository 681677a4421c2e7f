namespace Dna.Fast.Wire;

/// <summary>Bytes to a <see cref="Message"/>. Any thread; allocates nothing; never throws on input.</summary>
public static class MessageReader
{
    /// <summary>Decodes one datagram. On anything but <see cref="DecodeStatus.Ok"/> the message is not to be used.</summary>
    public static DecodeStatus Read(ReadOnlySpan<byte> datagram, out Message message) => throw new NotImplementedException();
}
