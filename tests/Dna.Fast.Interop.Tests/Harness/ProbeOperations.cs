using System.Net;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>What tests ask of a node over and over, in one line each.</summary>
internal static class ProbeOperations
{
    /// <summary>Data bytes per fragment, as stock sends them (wire specification, section 1.6).</summary>
    public const int FragmentBytes = 1280;

    /// <summary>A token for this probe.</summary>
    public static async Task<byte[]> TokenAsync(this Probe probe, IPEndPoint to) =>
        (await probe.AskAsync(to, "find", ("target", probe.IdBytes))).Token;

    /// <summary>A put with a good token; the first reply.</summary>
    public static async Task<Packet> PutAsync(this Probe probe, IPEndPoint to, InfoHash key, TestValue value, long? created = null)
    {
        byte[] token = await probe.TokenAsync(to);
        return await probe.AskAsync(to, "put", ("h", Probe.Bytes(key)), ("values", new object[] { value.ToPack() }), ("c", created), ("token", token));
    }

    /// <summary>A put whose values travel in fragments (section 1.6), complete and in order.</summary>
    public static async Task<Packet?> PutInFragmentsAsync(this Probe probe, IPEndPoint to, InfoHash key, params TestValue[] values)
    {
        byte[] token = await probe.TokenAsync(to);
        byte[][] packed = values.Select(value => value.Pack()).ToArray();
        uint t = probe.NextTransaction();
        int from = probe.Count;
        probe.Send(to, probe.Query(t, "put", ("h", Probe.Bytes(key)), ("values", packed.Select(bytes => (object)bytes.Length).ToArray()), ("token", token)));
        for (int index = 0; index < packed.Length; index++)
            for (int offset = 0; offset < packed[index].Length; offset += FragmentBytes) probe.SendFragment(to, t, index, offset, packed[index]);

        return await probe.TryWaitAsync(from, packet => Probe.IsAnswer(packet, t), TimeSpan.FromSeconds(2));
    }

    /// <summary>One fragment: the bytes of <paramref name="packed"/> from <paramref name="offset"/> on.</summary>
    public static void SendFragment(this Probe probe, IPEndPoint to, uint t, int index, int offset, byte[] packed)
    {
        byte[] data = packed.AsSpan(offset, Math.Min(FragmentBytes, packed.Length - offset)).ToArray();
        probe.Send(to, MsgPack.Write(new MsgMap(
            ("y", "p"), ("t", t), ("p", new MsgMap((index, new MsgMap(("o", offset), ("d", data))))), ("n", probe.Network == 0 ? null : probe.Network))));
    }

    /// <summary>The values under a key, with those that came in fragments.</summary>
    public static async Task<IReadOnlyList<PacketValue>> GetAsync(this Probe probe, IPEndPoint to, InfoHash key, MsgMap? query = null)
    {
        int from = probe.Count;
        Packet answer = await probe.AskAsync(to, "get", ("h", Probe.Bytes(key)), ("q", query));
        List<PacketValue> values = [.. answer.Values];
        IReadOnlyList<int> sizes = answer.Sizes;
        for (int index = 0; index < sizes.Count; index++)
        {
            byte[] packed = new byte[sizes[index]];
            int filled = 0;
            for (int next = from; filled < packed.Length;)
            {
                ulong number = (ulong)index;
                Packet part = await probe.WaitAsync(next, packet => packet.IsFragment(answer.Transaction, number), Probe.AnswerTime, "A fragment");
                filled += part.CopyFragment(number, packed);
                next = probe.NumberOf(part) + 1;
            }

            values.Add(new PacketValue((Dictionary<object, object?>)MsgPack.Read(packed)!));
        }

        return values;
    }

    /// <summary>The value ids a node holds under a key, asked with a selection, so that size does not matter.</summary>
    public static async Task<IReadOnlyList<ulong>> IdsAsync(this Probe probe, IPEndPoint to, InfoHash key)
    {
        Packet answer = await probe.AskAsync(to, "get", ("h", Probe.Bytes(key)), ("q", Select(1)));
        return answer["fileds"] is Dictionary<object, object?> fields ? ((object?[])fields["v"]!).Select(id => (ulong)id!).ToList() : [];
    }

    /// <summary>A query map that selects fields.</summary>
    public static MsgMap Select(params int[] fields) => new(("s", fields.Select(field => (object)field).ToArray()), ("w", Array.Empty<object>()));

    /// <summary>A query map with one filter.</summary>
    public static MsgMap Where(int field, object value) =>
        new(("s", Array.Empty<object>()), ("w", new object[] { new MsgMap(("f", field), ("v", value)) }));

    /// <summary>A listen with a good token.</summary>
    public static async Task<Packet> ListenAsync(this Probe probe, IPEndPoint to, InfoHash key, uint socketId)
    {
        byte[] token = await probe.TokenAsync(to);
        return await probe.AskAsync(to, "listen", ("ve", 1), ("h", Probe.Bytes(key)), ("token", token), ("sid", socketId));
    }

    /// <summary>Waits for an update that is no repetition of an earlier one and answers it.</summary>
    public static async Task<Packet> UpdateAsync(this Probe probe, int from, string holds, TimeSpan timeout)
    {
        Packet update = await probe.WaitAsync(from, packet => packet.Query == "update" && packet[holds] is not null, timeout, $"An update with '{holds}'");
        if (!probe.AnswersUpdates) probe.Reply(update);
        return update;
    }
}
