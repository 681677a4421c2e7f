namespace Dna.Fast.Storage.Records;

/// <summary>Where in all write-ahead logs of a store's life an entry stands, as one number that only rises.</summary>
/// <remarks>
/// Every opening writes a log of its own, numbered; the number is in the upper 24 bits (16 million openings), the address within the log in the
/// lower 40 (a terabyte an opening). Each record says which entry made it, so replaying a log over a newer state changes nothing.
/// </remarks>
internal static class LogPosition
{
    private const int AddressBits = 40;

    public static ulong Of(uint generation, long address) => (ulong)generation << AddressBits | (ulong)address;

    public static uint Generation(ulong position) => (uint)(position >> AddressBits);

    public static long Address(ulong position) => (long)(position & ((1UL << AddressBits) - 1));
}
