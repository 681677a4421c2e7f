using System.Buffers.Binary;
using System.Text.Json;

namespace Dna.Fast.Wire.Tests;

public sealed class VectorDecodeTests
{
    [Fact]
    public void The_index_describes_165_datagrams_of_the_stated_lengths()
    {
        Assert.Equal(165, Vectors.All.Count);
        Assert.Equal(163, Vectors.Messages.Count());
        Assert.All(Vectors.All, vector => Assert.Equal(vector.Length, vector.Bytes.Length));
    }

    [Fact]
    public void Every_message_has_the_fields_the_index_names() => Assert.All(Vectors.Messages, AssertMessage);

    [Fact]
    public void Every_inline_value_has_the_fields_the_index_names()
    {
        int values = 0;
        foreach (Vector vector in Vectors.Messages)
        {
            Assert.Equal(DecodeStatus.Ok, MessageReader.Read(vector.Bytes, out Message message));
            JsonElement? expected = Body(vector).At("values");
            var list = new ValueEnumerator(message.Values, message.ValueCount);
            for (int i = 0; list.MoveNext(); i++)
            {
                JsonElement element = expected!.Value[i];
                Assert.Equal(element.ValueKind == JsonValueKind.Number, list.IsSize);
                if (list.IsSize)
                {
                    Assert.Equal(element.GetInt64(), list.Size);
                    continue;
                }

                AssertValue(element, list.Packed);
                values++;
            }
        }

        Assert.True(values >= 20, $"only {values} inline values");
    }

    [Fact]
    public void Discovery_packets_decode()
    {
        byte[] announcement = Vectors.Named("165-discovery-announce").Bytes;
        Assert.True(DiscoveryPacket.IsQuery(Vectors.Named("164-discovery-query").Bytes));
        Assert.False(DiscoveryPacket.IsQuery(announcement));
        Assert.True(DiscoveryPacket.TryReadAnnouncement(announcement, out InfoHash id, out ushort port, out uint network));
        Assert.Equal("a5098a127853510cab22227433183b281536055a", id.ToString());
        Assert.Equal(41071, port);
        Assert.Equal(9u, network);
    }

    internal static JsonElement? Body(Vector vector)
    {
        JsonElement? top = vector.Decoded;
        return top.At("a") ?? top.At("r") ?? top.At("u");
    }

    private static void AssertMessage(Vector vector)
    {
        Assert.Equal(DecodeStatus.Ok, MessageReader.Read(vector.Bytes, out Message message));
        JsonElement? top = vector.Decoded, body = Body(vector);
        Assert.Equal(ExpectedKind(top!.Value), message.Kind);
        Assert.Equal(ExpectedTransaction(top.At("t")!.Value), message.Transaction);
        Json.AssertNumber(top.At("n"), message.Network);
        Assert.Equal(top.At("s")?.GetBoolean() ?? false, message.IsClient);
        Json.AssertBlob(top.At("v"), message.Agent);

        Json.AssertHash(body.At("id"), message.Id);
        Json.AssertHash(body.At("target") ?? body.At("h"), message.Target);
        Json.AssertBlob(body.At("token"), message.Token);
        Json.AssertBlob(body.At("sa"), message.ReportedAddress);
        Json.AssertNumber(body.At("sid"), message.SocketId);
        Json.AssertNumber(body.At("ve"), message.ListenVersion);
        Json.AssertNumber(body.At("vid"), message.ValueId);
        Assert.Equal(body.At("c").HasValue, message.HasCreated);
        Assert.Equal(body.At("c")?.GetInt64() ?? 0, message.Created);
        Assert.Equal(body.At("w") is { } want ? ExpectedWant(want) : Want.Unsaid, message.Want);
        Assert.Equal(body.At("values").HasValue, message.HasValues);
        Assert.Equal(body.At("values")?.GetArrayLength() ?? 0, message.ValueCount);
        Assert.Equal(body.At("values")?.EnumerateArray().Any(value => value.ValueKind == JsonValueKind.Number) ?? false, message.HasSizes);
        AssertIds(body.At("re"), message.Refreshed, message.RefreshedCount);
        AssertIds(body.At("exp"), message.Expired, message.ExpiredCount);
        AssertNodes(body.At("n4"), message.Nodes4, IpFamily.V4);
        AssertNodes(body.At("n6"), message.Nodes6, IpFamily.V6);
        AssertQuery(body.At("q"), message.Query);
        AssertFields(body.At("fileds"), message.Fields);
        Assert.Equal(top.At("e")?[0].GetInt32() ?? 0, message.ErrorCode);
        Json.AssertBlob(top.At("e")?[1], message.ErrorText);
        AssertFragments(top.At("p"), message.Fragments);
    }

    private static MessageKind ExpectedKind(JsonElement top)
    {
        if (top.TryGetProperty("e", out _)) return MessageKind.Error;
        if (top.TryGetProperty("r", out _)) return MessageKind.Reply;
        if (top.TryGetProperty("p", out _)) return MessageKind.Fragment;
        if (top.TryGetProperty("u", out _)) return MessageKind.LegacyUpdate;
        return Enum.Parse<MessageKind>(top.GetProperty("q").GetString()!, ignoreCase: true);
    }

    private static uint ExpectedTransaction(JsonElement t) => t.ValueKind == JsonValueKind.Number
        ? t.GetUInt32()
        : BinaryPrimitives.ReadUInt32BigEndian(Convert.FromHexString(t.GetProperty("bin").GetString()!));

    private static Want ExpectedWant(JsonElement want) =>
        want.EnumerateArray().Aggregate(Want.None, (all, one) => all | (one.GetInt32() == 2 ? Want.V4 : Want.V6));

    private static void AssertIds(JsonElement? expected, ReadOnlySpan<byte> ids, int count)
    {
        Assert.Equal(expected?.GetArrayLength() ?? 0, count);
        var list = new ValueIdEnumerator(ids, count);
        for (int i = 0; i < count; i++)
        {
            Assert.True(list.MoveNext());
            Assert.Equal(expected!.Value[i].GetUInt64(), list.Current);
        }

        Assert.False(list.MoveNext());
    }

    private static void AssertNodes(JsonElement? expected, ReadOnlySpan<byte> nodes, IpFamily family)
    {
        Json.AssertBlob(expected, nodes);
        string hex = Convert.ToHexStringLower(nodes);
        int entry = family == IpFamily.V4 ? 26 : 38;
        var list = new NodeListEnumerator(nodes, family);
        for (int at = 0; at < nodes.Length; at += entry)
        {
            Assert.True(list.MoveNext());
            Assert.Equal(hex.Substring(2 * at, 40), list.Id.ToString());
            Assert.True(list.Address.IsLoopback);
            Assert.Equal(Convert.ToUInt16(hex.Substring(2 * (at + entry) - 4, 4), 16), list.Address.Port);
        }

        Assert.False(list.MoveNext());
    }

    private static void AssertQuery(JsonElement? expected, ReadOnlySpan<byte> raw)
    {
        Assert.Equal(expected.HasValue, !raw.IsEmpty);
        Assert.Equal(DecodeStatus.Ok, QueryView.TryRead(raw, out QueryView query));
        HashSet<int> selected = [.. (expected.At("s")?.EnumerateArray() ?? default).Select(field => field.GetInt32())];
        Assert.Equal(selected.Count == 0, query.SelectsAll);
        for (int field = 1; field <= 5; field++) Assert.Equal(selected.Contains(field), query.Selects((ValueField)field));
        JsonElement? id = (expected.At("w")?.EnumerateArray() ?? default).Where(filter => filter.GetProperty("f").GetInt32() == 1)
            .Select(filter => (JsonElement?)filter.GetProperty("v")).SingleOrDefault();
        Assert.Equal(id.HasValue, query.TryGetId(out ulong wanted));
        Json.AssertNumber(id, wanted);
    }

    private static void AssertFields(JsonElement? expected, ReadOnlySpan<byte> raw)
    {
        if (expected is not { } map)
        {
            Assert.True(raw.IsEmpty);
            return;
        }

        Assert.Equal(DecodeStatus.Ok, FieldsView.TryRead(raw, out FieldsView fields));
        int[] numbers = [.. map.GetProperty("f").EnumerateArray().Select(field => field.GetInt32())];
        JsonElement flat = map.GetProperty("v");
        Assert.Equal(flat.GetArrayLength() / numbers.Length, fields.Count);
        for (int at = 0; fields.MoveNext(out ValueView row); at += numbers.Length)
        {
            JsonElement? Element(int field) => numbers.Contains(field) ? flat[at + Array.IndexOf(numbers, field)] : null;
            Json.AssertNumber(Element(1), row.Id);
            Json.AssertNumber(Element(2), row.Type);
            Json.AssertBlob(Element(3), row.Owner);
            Json.AssertNumber(Element(4), row.Seq);
            Json.AssertBlob(Element(5), row.UserType);
        }
    }

    private static void AssertFragments(JsonElement? expected, ReadOnlySpan<byte> raw)
    {
        var list = new FragmentEnumerator(raw);
        foreach (JsonProperty entry in expected?.EnumerateObject() ?? default)
        {
            Assert.True(list.MoveNext());
            Assert.Equal(entry.Name, $"int:{list.Index}");
            Assert.Equal(entry.Value.GetProperty("o").GetInt32(), list.Offset);
            Json.AssertBlob(entry.Value.GetProperty("d"), list.Data);
        }

        Assert.False(list.MoveNext());
    }

    private static void AssertValue(JsonElement expected, ReadOnlySpan<byte> packed)
    {
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(packed, out ValueView value, out int consumed));
        Assert.Equal(packed.Length, consumed);
        JsonElement? body = ((JsonElement?)expected).At("dat").At("body");
        Json.AssertNumber(expected.GetProperty("id"), value.Id);
        Json.AssertNumber(((JsonElement?)expected).At("p"), value.Priority);
        Json.AssertBlob(((JsonElement?)expected).At("pt"), value.PushType);
        Json.AssertNumber(body.At("type"), value.Type);
        Json.AssertBlob(body.At("data"), value.Data);
        Json.AssertBlob(body.At("utype"), value.UserType);
        Assert.False(value.IsSigned);
        Assert.False(value.IsEncrypted);
    }
}
