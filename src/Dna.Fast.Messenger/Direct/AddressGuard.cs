using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Dna.Fast.Messenger;

/// <summary>How many connections addresses have, and had in this minute. Any thread; bounded by <see cref="DirectLimits"/>.</summary>
internal sealed class AddressGuard(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, Address> _addresses = [];
    private long _minute = time.GetTimestamp();
    private int _open;
    private int _inMinute;

    /// <summary>Lets a connection in; <see cref="Leave"/> ends it.</summary>
    /// <returns>Null, or why not.</returns>
    public DirectOutcome? Enter(IPAddress from)
    {
        UInt128 key = KeyOf(from);
        lock (_lock)
        {
            if (time.GetElapsedTime(_minute) >= TimeSpan.FromMinutes(1)) BeginMinute();
            if (_open >= DirectLimits.ConnectionsMax || _inMinute >= DirectLimits.PerMinuteMax) return DirectOutcome.Full;
            if (!_addresses.TryGetValue(key, out Address address) && _addresses.Count >= DirectLimits.AddressesMax) return DirectOutcome.Full;
            if (address.Open >= DirectLimits.ConnectionsPerAddressMax || address.InMinute >= DirectLimits.PerAddressAMinuteMax) return DirectOutcome.TooMany;
            _addresses[key] = new Address(address.Open + 1, address.InMinute + 1);
            _open++;
            _inMinute++;
            return null;
        }
    }

    public void Leave(IPAddress from)
    {
        UInt128 key = KeyOf(from);
        lock (_lock)
        {
            _open--;
            Address address = _addresses[key];
            _addresses[key] = address with { Open = address.Open - 1 };
        }
    }

    private void BeginMinute()
    {
        _minute = time.GetTimestamp();
        _inMinute = 0;
        foreach ((UInt128 key, Address address) in _addresses.ToArray())
        {
            if (address.Open == 0) _addresses.Remove(key);
            else _addresses[key] = address with { InMinute = 0 };
        }
    }

    // Whoever has one address of IPv6 has 2^64 of them.
    private static UInt128 KeyOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? new UInt128(1, BinaryPrimitives.ReadUInt64BigEndian(bytes)) : BinaryPrimitives.ReadUInt32BigEndian(bytes[..length]);
    }

    private readonly record struct Address(int Open, int InMinute);
}
