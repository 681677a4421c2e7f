using System.Globalization;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.Tests.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Storage.Tests;

/// <summary>The durable store beside the store in memory: the same operations, and upkeep and restarts in between, must leave the same values.</summary>
public sealed class ModelTests
{
    private const int Operations = 1_500;
    private const int Keys = 25;
    private const int IdsPerKey = 300;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void It_does_what_the_store_in_memory_does(int seed) => new Run(seed).All();

    private sealed class Run(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly StoreFolder _folder = new();
        private readonly MemoryValueStore _model = new();
        private FasterValueStore _store = null!;
        private int _number;

        public void All()
        {
            using (_folder)
            {
                _store = Open();
                for (_number = 0; _number < Operations; _number++)
                {
                    Step(_random.Next(100));
                    if (_number % 50 == 0) Compare();
                }

                Compare();
                _store.Dispose();
            }
        }

        private FasterValueStore Open() => _folder.Open(static options => options with { SegmentBits = 17 });

        private void Step(int dice)
        {
            if (dice < 70) Put();
            else if (dice < 80) Refresh();
            else if (dice < 88) Remove();
            else if (dice < 93) _folder.Clock.NowUnixMs += _random.Next(1, 20_000);
            else if (dice < 95) Assert.True(_store.Keeper.Checkpoint());
            else if (dice < 97) _store.Keeper.RunOnce();
            else if (dice < 99) _store.Keeper.Sweep();
            else Restart();
        }

        private InfoHash Key(out InfoHash key) => key = Samples.Key(_random.Next(Keys));

        private ulong Id() => 1 + (ulong)_random.Next(_random.Next(4) == 0 ? IdsPerKey : 3);

        private void Put()
        {
            Key(out InfoHash key);
            ulong id = Id();
            long now = _folder.Clock.NowUnixMs;
            byte[] packed = new byte[_random.Next(30) == 0 ? _random.Next(60_000) : _random.Next(1, 300)];
            if (_random.Next(4) != 0) _random.NextBytes(packed);
            NodeAddress source = _random.Next(10) == 0 ? default : NodeAddress.V4(0xC000_0200 + (uint)_random.Next(50), 4000);
            SlotInfo slot = new(id, (ushort)_random.Next(10), now, _random.Next(10) == 0 ? long.MaxValue : now + _random.Next(1, 100_000), source);
            IEditPolicy policy = _random.Next(5) == 0 ? Policy.Refusing : Policy.Replacing;
            bool durable = _random.Next(2) == 0;
            PutStatus expected = _model.Put(key, slot, packed, durable, now, policy).Status;
            Assert.Equal(expected, _store.Put(key, slot, packed, durable, now, policy).Status);
        }

        private void Refresh()
        {
            Key(out InfoHash key);
            ulong id = Id();
            long now = _folder.Clock.NowUnixMs, expires = now + _random.Next(1, 50_000);
            Assert.Equal(_model.Refresh(key, id, now, expires, false, now).Status, _store.Refresh(key, id, now, expires, durable: false, now).Status);
        }

        private void Remove()
        {
            Key(out InfoHash key);
            ulong id = Id();

            // The model learns what has expired only from calls that say what time it is.
            _model.Contains(key, _folder.Clock.NowUnixMs);
            Assert.Equal(_model.Remove(key, id), _store.Remove(key, id));
        }

        private void Restart()
        {
            _store.Dispose();
            _store = Open();
            Assert.Equal((0, "ok"), (_store.Statistics.Damaged, _store.Statistics.Health));
        }

        private static string Ids(Collector collector) => string.Join(' ', collector.Seen.Select(static seen => seen.Slot));

        private void Compare()
        {
            long now = _folder.Clock.NowUnixMs;
            for (int i = 0; i < Keys; i++)
            {
                Collector expected = new(), found = new();
                _model.Read(Samples.Key(i), now, expected);
                _store.Read(Samples.Key(i), now, found);
                string where = string.Create(CultureInfo.InvariantCulture, $"seed {seed}, operation {_number}, key {i}: {Ids(found)} and not {Ids(expected)}");
                Assert.True(expected.Seen.Select(static seen => seen.Slot).SequenceEqual(found.Seen.Select(static seen => seen.Slot)), where);
                for (int j = 0; j < found.Seen.Count; j++) Assert.True(expected.Seen[j].Packed.AsSpan().SequenceEqual(found.Seen[j].Packed), where);
                Assert.Equal(expected.Seen.Count > 0, _store.Contains(Samples.Key(i), now));
            }

            _store.Keeper.Sweep();
            StoreStatistics model = _model.Statistics, store = _store.Statistics;
            Assert.Equal((model.Values, model.Bytes, model.Keys), (store.Values, store.Bytes, store.Keys));
        }
    }
}
