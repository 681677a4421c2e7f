using CsCheck;

namespace Dna.Fast.Wire.Tests;

/// <summary>
/// The reassembler against a simple model: a byte map a value. Any order, duplicates, losses, early fragments, several messages at once.
/// </summary>
public sealed class ReassemblerModelTests
{
    /// <summary>One message: the sizes of its values, and how they are cut.</summary>
    private sealed record Plan(int[] Sizes, int ChunkBytes)
    {
        public override string ToString() => $"{string.Join('+', Sizes)} by {ChunkBytes}";
    }

    /// <summary>
    /// At most 4 x 16 fragments, so that a set whose header comes last stays within the bounds of early ones, which the model has not.
    /// </summary>
    private static readonly Gen<Plan> Plans =
        Gen.Select(Gen.Int[1, 4_000].Array[1, 4], Gen.Int[250, 1_500]).Select((sizes, chunk) => new Plan(sizes, chunk));

    [Fact]
    public void Any_order_with_duplicates_and_losses_gives_what_the_model_gives() =>
        Gen.Select(Plans.Array[1, 3], Gen.Int, Gen.Int[0, 3]).Sample(Run, iter: 500);

    private static void Run(Plan[] plans, int seed, int losses)
    {
        var random = new Random(seed);
        List<(int Plan, int Index, int Offset)> datagrams = [];
        for (int plan = 0; plan < plans.Length; plan++) datagrams.AddRange(Datagrams(plans[plan], plan));
        datagrams.AddRange(datagrams.Where(_ => random.Next(4) == 0).ToList());
        (int Plan, int Index, int Offset)[] sent = [.. datagrams];
        random.Shuffle(sent);

        var reassembler = new Reassembler(new ReassemblyLimits());
        var models = plans.Select(plan => new Model(plan)).ToArray();
        foreach ((int plan, int index, int offset) in sent.Skip(losses))
        {
            if (models[plan].IsDone) continue;
            ReassembledMessage? whole = index < 0
                ? Open(reassembler, plans[plan], plan)
                : Add(reassembler, plans[plan], plan, index, offset);
            Assert.Equal(models[plan].Take(index, offset), whole is not null);
            if (whole is null) continue;
            Assert.Equal(plans[plan].Sizes.Length, whole.Values.Count);
            for (int i = 0; i < whole.Values.Count; i++)
            {
                Assert.True(whole.Values[i].Span.SequenceEqual(Content(plan, i, plans[plan].Sizes[i])));
            }
        }

        Assert.Equal(models.Count(model => model.IsStarted && !model.IsDone), reassembler.OpenCount);
        reassembler.Expire(Reassembler.SilenceMsMax);
        Assert.Equal((0, 0L), (reassembler.OpenCount, reassembler.BytesHeld));
    }

    /// <summary>The header (index -1) and all fragments.</summary>
    private static IEnumerable<(int Plan, int Index, int Offset)> Datagrams(Plan plan, int number)
    {
        yield return (number, -1, 0);
        for (int i = 0; i < plan.Sizes.Length; i++)
        {
            for (int offset = 0; offset < plan.Sizes[i]; offset += plan.ChunkBytes) yield return (number, i, offset);
        }
    }

    private static ReassembledMessage? Open(Reassembler reassembler, Plan plan, int number)
    {
        byte[] header = ReassemblerTests.Put((uint)number, [.. plan.Sizes.Select(size => Mp.UInt((ulong)size))]);
        MessageReader.Read(header, out Message message);
        reassembler.Open(Peer, message, header, 0, out ReassembledMessage? whole);
        return whole;
    }

    private static ReassembledMessage? Add(Reassembler reassembler, Plan plan, int number, int index, int offset)
    {
        byte[] room = new byte[plan.ChunkBytes + 64];
        int end = Math.Min(offset + plan.ChunkBytes, plan.Sizes[index]);
        ReadOnlySpan<byte> data = Content(number, index, plan.Sizes[index]).AsSpan(offset..end);
        int length = FragmentWriter.Write(room, default, (uint)number, index, offset, data);
        MessageReader.Read(room.AsSpan(0, length), out Message message);
        reassembler.Add(Peer, message, 0, out ReassembledMessage? whole);
        return whole;
    }

    private static NodeAddress Peer => NodeAddress.V4(0x7F000001, 4000);

    private static byte[] Content(int plan, int index, int size) =>
        [.. Enumerable.Range(0, size).Select(at => (byte)(at * 7 + at / 256 + 31 * plan + 17 * index))];

    /// <summary>Which bytes have come, one flag each.</summary>
    private sealed class Model(Plan plan)
    {
        private readonly bool[][] _come = [.. plan.Sizes.Select(size => new bool[size])];
        private bool _hasHeader;

        public bool IsStarted { get; private set; }

        public bool IsDone { get; private set; }

        public bool Take(int index, int offset)
        {
            IsStarted = true;
            if (index < 0) _hasHeader = true;
            else _come[index].AsSpan(offset..Math.Min(offset + plan.ChunkBytes, plan.Sizes[index])).Fill(true);
            IsDone = _hasHeader && _come.All(value => value.All(byteCame => byteCame));
            return IsDone;
        }
    }
}
