namespace Dna.Fast.Kademlia.Serving;

/// <summary>Bounds of what one query can make us hold, read or send. Unit last in each name, the reason beside it.</summary>
public static class ServingLimits
{
    /// <summary>
    /// Values in one reply or one first push: as many as a stock listener caches for a node and query (section 6.7). A stock get first asks for the ids
    /// and then for one value at a time, so this cuts only whole-key gets of keys with more.
    /// </summary>
    public const int ValuesPerReplyMax = 4096;

    /// <summary>
    /// Packed bytes in one reply: 1 MiB, sixteen values of the largest size. A get carries no token, so its source may be forged, and this
    /// is what one forged datagram can send to a victim; <see cref="BytesPerCharge"/> bounds how often.
    /// </summary>
    public const int BytesPerReplyMax = 1 << 20;

    /// <summary>Packed bytes in the first push to a new listener: 8 MiB. Its token proved its address, so this is no reflection.</summary>
    public const int FirstPushBytesMax = 8 << 20;

    /// <summary>
    /// A reply in fragments is charged to its source's budget once more for every so many bytes: 16 KiB. So a source of 1,024 requests a second is sent at
    /// most 16 MiB a second, asked or forged, while a value of 50,000 bytes costs no more than four requests.
    /// </summary>
    public const int BytesPerCharge = 16 << 10;

    /// <summary>A get is charged once more for every so many values it made the store read: 1,024, some hundred microseconds of reading.</summary>
    public const int ReadsPerCharge = 1024;

    /// <summary>Bytes of <c>fileds</c> rows in one reply: 60,000 leaves 5,507 of the largest datagram for node lists, token and envelope (1,000 at most).</summary>
    public const int FieldBytesMax = 60_000;

    /// <summary>Elements in one <c>fileds</c> reply: readers with our own limit of 16,384 objects take it, envelope included.</summary>
    public const int FieldElementsMax = 16_000;

    /// <summary>A query map of a get or a listen: 1,024 bytes hold more than a hundred filters; each is evaluated for each value.</summary>
    public const int QueryBytesMax = 1024;

    /// <summary>Acknowledgements one worker owes at once. A group commit takes at most some 100 ms; this is 80,000 durable puts a second for that long.</summary>
    public const int AcknowledgementsMax = 8192;

    /// <summary>An acknowledgement is owed for 10 s: after the third try a stock client has given up (1.25 + 2.75 + 5.75 s, section 1.5).</summary>
    public const long AcknowledgementAgeMsMax = 10_000;
}
