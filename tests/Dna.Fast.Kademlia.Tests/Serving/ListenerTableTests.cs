using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Kademlia.Serving;
using Dna.Fast.Kademlia.Serving.Listening;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.Tests.Asking;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Serving;

public sealed class ListenerTableTests
{
    private static readonly InfoHash Key = InfoHash.OfKey("key");
    private readonly Bench _bench = new();

    [Fact]
    public void New_listener_gets_everything_that_is_there_once()
    {
        _bench.Store(1, "one");
        _bench.Store(2, "two");
        _bench.Listen(7);
        Assert.Equal(["values 7: 1 2"], _bench.Turn());
        _bench.Listen(7);
        Assert.Empty(_bench.Turn());
    }

    [Fact]
    public void Listener_of_an_empty_key_is_told_when_a_value_comes()
    {
        _bench.Listen(7);
        Assert.Empty(_bench.Turn());
        _bench.Store(1, "one");
        _bench.Table.Changed(Key, 1, ValueChange.Stored);
        Assert.Equal(["values 7: 1"], _bench.Turn());
    }

    [Fact]
    public void Refreshed_and_gone_ids_go_to_every_listener_and_values_to_those_whose_filter_they_pass()
    {
        byte[] onlyTwo = ValueFilter.Pack([new ValueFilter(ValueField.Id, 2, null)]);
        _bench.Listen(7, onlyTwo);
        _bench.Store(1, "one");
        _bench.Table.Changed(Key, 1, ValueChange.Stored);
        Assert.Empty(_bench.Turn());
        _bench.Table.Changed(Key, 1, ValueChange.Refreshed);
        Assert.Equal(["re 7: 1"], _bench.Turn());
        _bench.Remove(1);
        Assert.Equal(["exp 7: 1"], _bench.Turn());
    }

    [Fact]
    public void A_repeated_listen_replaces_the_filter_and_pushes_nothing()
    {
        _bench.Store(1, "one");
        _bench.Listen(7, ValueFilter.Pack([new ValueFilter(ValueField.Id, 2, null)]));
        Assert.Empty(_bench.Turn());
        _bench.Listen(7);
        Assert.Empty(_bench.Turn());
        _bench.Store(3, "three");
        _bench.Table.Changed(Key, 3, ValueChange.Stored);
        Assert.Equal(["values 7: 3"], _bench.Turn());
    }

    [Fact]
    public void Changes_of_one_turn_travel_together_and_each_once()
    {
        for (ulong id = 1; id <= 4; id++) _bench.Store(id, "x");
        _bench.Listen(7);
        _bench.Turn();
        _bench.Store(5, "new");
        _bench.Table.Changed(Key, 5, ValueChange.Stored);
        _bench.Table.Changed(Key, 5, ValueChange.Refreshed);
        _bench.Table.Changed(Key, 1, ValueChange.Refreshed);
        _bench.Table.Changed(Key, 2, ValueChange.Refreshed);
        _bench.Table.Changed(Key, 1, ValueChange.Refreshed);
        _bench.Remove(3);
        _bench.Remove(4);
        _bench.Remove(4);
        Assert.Equal(["values 7: 5", "re 7: 1 2", "exp 7: 3 4"], _bench.Turn());
        Assert.Empty(_bench.Turn());
    }

    [Fact]
    public void A_value_that_came_and_went_between_two_turns_is_not_told_of()
    {
        _bench.Listen(7);
        _bench.Store(1, "one");
        _bench.Table.Changed(Key, 1, ValueChange.Stored);
        _bench.Remove(1);
        Assert.Empty(_bench.Turn());
    }

    [Fact]
    public void A_value_reported_gone_that_is_back_is_told_as_a_value()
    {
        _bench.Store(1, "one");
        _bench.Listen(7);
        _bench.Turn();
        _bench.Table.Changed(Key, 1, ValueChange.Gone);
        Assert.Equal(["values 7: 1"], _bench.Turn());
    }

    [Fact]
    public void A_new_listener_is_not_told_twice_of_what_changed_in_the_same_turn()
    {
        _bench.Listen(7);
        _bench.Turn();
        _bench.Store(1, "one");
        _bench.Table.Changed(Key, 1, ValueChange.Stored);
        _bench.Listen(8);
        Assert.Equal(["values 7: 1", "values 8: 1"], _bench.Turn());
    }

    [Fact]
    public void A_value_that_expires_is_told_at_its_time()
    {
        _bench.Store(1, "one");
        _bench.Listen(7);
        _bench.Turn();
        long due = _bench.Table.Turn(_bench.Now);
        Assert.Equal(_bench.Now.Ms + 600_000, due);
        _bench.Move(599_999, keepListening: 7);
        Assert.Empty(_bench.Turn());
        _bench.Move(1);
        Assert.Equal(["exp 7: 1"], _bench.Turn());
    }

    [Fact]
    public void A_refreshed_value_expires_at_its_new_time()
    {
        _bench.Store(1, "one");
        _bench.Listen(7);
        _bench.Turn();
        _bench.Move(300_000);
        _bench.Store(1, "one");
        _bench.Table.Changed(Key, 1, ValueChange.Refreshed);
        Assert.Equal(["re 7: 1"], _bench.Turn());
        _bench.Move(599_000, keepListening: 7);
        Assert.Empty(_bench.Turn());
        _bench.Move(1_000);
        Assert.Equal(["exp 7: 1"], _bench.Turn());
    }

    [Fact]
    public void A_refresh_nobody_told_of_is_seen_when_the_value_would_expire()
    {
        _bench.Store(1, "one");
        _bench.Listen(7);
        _bench.Turn();
        _bench.Move(300_000, keepListening: 7);
        _bench.Store(1, "one");
        _bench.Move(300_000);
        Assert.Empty(_bench.Turn());
        _bench.Move(299_999, keepListening: 7);
        Assert.Empty(_bench.Turn());
        _bench.Move(1);
        Assert.Equal(["exp 7: 1"], _bench.Turn());
    }

    [Fact]
    public void Values_that_expire_within_a_second_are_told_together()
    {
        for (ulong id = 1; id <= 5; id++)
        {
            _bench.Store(id, "x");
            _bench.Move(200);
        }

        _bench.Listen(7);
        _bench.Turn();
        _bench.Move(599_000, keepListening: 7);
        Assert.Equal(["exp 7: 1"], _bench.Turn());
        long due = _bench.Table.Turn(_bench.Now);
        Assert.Equal(_bench.Now.Ms + 1000, due);
        _bench.Move(1000);
        Assert.Equal(["exp 7: 2 3 4 5"], _bench.Turn());
        Assert.Equal(_bench.Now.Ms + 599_000, _bench.Table.Turn(_bench.Now));
    }

    [Fact]
    public void A_listener_is_kept_ten_minutes_after_its_last_listen_and_not_longer()
    {
        _bench.Listen(7);
        _bench.Turn();
        _bench.Move(599_999);
        Assert.Equal(_bench.Now.Ms + 1, _bench.Table.Turn(_bench.Now));
        Assert.Equal(1, _bench.Table.Count);
        Assert.True(_bench.Context.Listened.Contains(Key));
        _bench.Move(1);
        Assert.Equal(long.MaxValue, _bench.Table.Turn(_bench.Now));
        Assert.Equal(0, _bench.Table.Count);
        Assert.False(_bench.Context.Listened.Contains(Key));
    }

    [Fact]
    public void A_node_that_does_not_answer_loses_its_listeners_at_that_address_only()
    {
        _bench.Listen(7);
        _bench.Listen(8, port: 9);
        _bench.Table.DropNode(Bench.Listener, Bench.Address(5));
        Assert.Equal(1, _bench.Table.Count);
        _bench.Table.DropNode(Bench.Listener, Bench.Address(9));
        Assert.Equal(0, _bench.Table.Count);
    }

    [Fact]
    public void Saying_another_nodes_id_takes_nothing_from_it()
    {
        _bench.Listen(7);
        _bench.Listen(7, port: 9);
        Assert.Equal(2, _bench.Table.Count);
        _bench.Store(1, "one");
        _bench.Table.Changed(Key, 1, ValueChange.Stored);
        Assert.Equal(["values 7: 1", "values 7: 1"], _bench.Turn());
    }

    [Fact]
    public void One_node_has_a_bounded_number_of_sockets_under_a_key_and_its_newest_live()
    {
        int max = new ListenerLimits().PerNodeAndKeyMax;
        for (uint sid = 1; sid <= max + 3; sid++) _bench.Listen(sid);
        Assert.Equal(max, _bench.Table.Count);
        Assert.Equal(3, _bench.Counters[Counter.DropListenerLimit]);
        _bench.Store(1, "one");
        _bench.Table.Changed(Key, 1, ValueChange.Stored);
        Assert.Equal(Enumerable.Range(4, max).Select(sid => $"values {sid}: 1"), _bench.Turn());
    }

    [Fact]
    public void Beyond_the_bounds_of_a_host_a_key_and_the_table_newcomers_are_refused_and_renewals_are_not()
    {
        var bench = new Bench(new ListenerLimits(PerNodeAndKeyMax: 2, PerKeyMax: 3, PerHostMax: 4, TotalMax: 6));
        for (ushort port = 1; port <= 5; port++) bench.Listen(7, port: port);
        Assert.Equal(3, bench.Table.Count);
        for (ushort port = 1; port <= 3; port++) bench.Listen(7, port: port, key: InfoHash.OfKey("other"));
        Assert.Equal(4, bench.Table.Count);
        Assert.Equal(4, bench.Counters[Counter.DropListenerLimit]);
        for (uint host = 2; host <= 5; host++) bench.Listen(7, key: InfoHash.OfKey("third"), host: host);
        Assert.Equal(6, bench.Table.Count);
        bench.Listen(7, port: 1);
        Assert.Equal(6, bench.Table.Count);
        Assert.Equal(6, bench.Counters[Counter.DropListenerLimit]);

        // What was refused left nothing behind.
        Assert.False(bench.Context.Listened.Contains(InfoHash.OfKey("fourth")));
        bench.Listen(7, key: InfoHash.OfKey("fourth"), host: 9);
        Assert.False(bench.Context.Listened.Contains(InfoHash.OfKey("fourth")));
    }

    [Fact]
    public void A_node_dropped_while_it_is_pushed_to_gets_no_more()
    {
        for (ulong id = 1; id <= 5; id++) _bench.Store(id, new string('x', 30_000));
        _bench.Told = () => _bench.Table.DropNode(Bench.Listener, Bench.Address(5));
        _bench.Listen(7);
        Assert.Equal(["values 7: 1 2"], _bench.Turn());
        Assert.Equal(0, _bench.Table.Count);
        Assert.False(_bench.Context.Listened.Contains(Key));
    }

    [Fact]
    public void A_listener_the_sender_refuses_gets_nothing_more_in_this_turn_and_the_others_do()
    {
        _bench.Store(1, "one");
        _bench.Listen(7);
        _bench.Listen(8);
        _bench.Turn();
        _bench.Refused = 7;
        _bench.Store(2, "two");
        _bench.Table.Changed(Key, 2, ValueChange.Stored);
        _bench.Table.Changed(Key, 1, ValueChange.Refreshed);
        Assert.Equal(["values 7: 2", "values 8: 2", "re 8: 1"], _bench.Turn());
    }

    [Fact]
    public void First_push_is_bounded_and_counted()
    {
        for (ulong id = 1; id <= 150; id++) _bench.Store(id, new string('x', 60_000));
        _bench.Listen(7);
        Assert.Equal(ServingLimits.FirstPushBytesMax / 60_034, _bench.Turn().Sum(t => t.Split(' ').Length - 2));
        Assert.Equal(1, _bench.Counters[Counter.ListensCut]);
    }

    [Fact]
    public void Many_changes_of_one_turn_are_pushed_in_batches()
    {
        _bench.Listen(7);
        for (ulong id = 1; id <= 40; id++)
        {
            _bench.Store(id, new string('x', 60_000));
            _bench.Table.Changed(Key, id, ValueChange.Stored);
        }

        List<string> told = _bench.Turn();
        Assert.Equal(40, told.Count);
        Assert.All(told, t => Assert.StartsWith("values 7:", t));
    }

    [Fact]
    public void Listener_of_version_0_gets_legacy_pushes()
    {
        _bench.Store(1, "one");
        _bench.Listen(7, version: 0);
        Assert.Equal(["legacy values 7: 1"], _bench.Turn());
        _bench.Remove(1);
        Assert.Equal(["legacy exp 7: 1"], _bench.Turn());
    }

    [Fact]
    public void Big_pushes_are_split_at_56_KiB()
    {
        for (ulong id = 1; id <= 5; id++) _bench.Store(id, new string('x', 30_000));
        _bench.Listen(7);
        Assert.Equal(["values 7: 1 2", "values 7: 3 4", "values 7: 5"], _bench.Turn());
    }

    [Fact]
    public void Long_id_lists_are_split_at_128()
    {
        for (ulong id = 1; id <= 129; id++) _bench.Store(id, "x");
        _bench.Listen(7);
        _bench.Turn();
        for (ulong id = 1; id <= 129; id++) _bench.Remove(id);
        Assert.Equal([128, 1], _bench.Turn().Select(t => t.Split(' ').Length - 2));
    }

    [Fact]
    public void Our_own_subscription_hears_of_changes()
    {
        var heard = new List<(ulong, ValueChange)>();
        _bench.Table.LocalChanged = (_, id, change) => heard.Add((id, change));
        _bench.Table.Watch(Key, _bench.Now);
        Assert.True(_bench.Context.Listened.Contains(Key));
        _bench.Store(3, "three");
        _bench.Table.Changed(Key, 3, ValueChange.Stored);
        _bench.Turn();
        _bench.Table.Changed(Key, 3, ValueChange.Refreshed);
        _bench.Turn();
        _bench.Move(600_000);
        _bench.Turn();
        _bench.Table.Unwatch(Key);
        _bench.Table.Changed(Key, 4, ValueChange.Stored);
        _bench.Turn();
        Assert.Equal([(3ul, ValueChange.Stored), (3ul, ValueChange.Refreshed), (3ul, ValueChange.Gone)], heard);
        Assert.False(_bench.Context.Listened.Contains(Key));
    }

    /// <summary>A table over a store in memory, with a sender that writes down what it is told.</summary>
    private sealed class Bench : IUpdateSender
    {
        public static readonly InfoHash Listener = InfoHash.OfKey("listener");
        private readonly MemoryValueStore _store = new(64 << 20);
        private readonly List<string> _told = [];

        public Bench(ListenerLimits? limits = null)
        {
            var random = new SeededRandom(1);
            Context = new NodeContext
            {
                Options = new NodeOptions { Id = InfoHash.OfKey("node") },
                Store = _store,
                Verifier = NoVerifier.Instance,
                Gate = new Gate(RateLimits.Off, 1),
                Tokens = new TokenMint(random, Now),
                Table4 = new RoutingTable(InfoHash.OfKey("node"), IpFamily.V4),
                Table6 = new RoutingTable(InfoHash.OfKey("node"), IpFamily.V6),
                Inbox = new NodeInbox(),
                Listened = new ListenedKeys(),
            };
            Table = new ListenerTable(Context, Counters, this, limits);
        }

        public NodeContext Context { get; }

        public CounterSet Counters { get; } = new();

        public ListenerTable Table { get; }

        public Instant Now { get; private set; } = new(1_000, 1_700_000_000_000);

        /// <summary>Called after each push.</summary>
        public Action? Told { get; set; }

        /// <summary>The socket whose pushes are refused.</summary>
        public uint Refused { get; set; }

        public static NodeAddress Address(ushort port, uint host = 1) => NodeAddress.V4(0x7F000000 + host, port);

        public void Move(long ms, uint keepListening = 0)
        {
            Now = new Instant(Now.Ms + ms, Now.UnixMs + ms);
            if (keepListening != 0) Listen(keepListening);
        }

        public void Listen(uint sid, byte[]? query = null, uint version = 1, ushort port = 5, InfoHash? key = null, uint host = 1) =>
            Table.Listen(new Route(Address(port, host), default), Listener, key ?? Key, sid, version, query, Now);

        public void Remove(ulong id)
        {
            _store.Remove(Key, id);
            Table.Changed(Key, id, ValueChange.Gone);
        }

        public void Store(ulong id, string text)
        {
            var value = new ValueView { Id = id, Data = System.Text.Encoding.UTF8.GetBytes(text) };
            var packed = new byte[ValueWriter.BytesMax(value)];
            int length = ValueWriter.Write(packed, value);
            var slot = new SlotInfo(id, 0, Now.UnixMs, Now.UnixMs + TypeRegistry.LifetimeMs(0), Address(6));
            _store.Put(Key, slot, packed.AsSpan(0, length), durable: false, Now.UnixMs, new EditPolicy(NoVerifier.Instance).For(isVerified: true));
        }

        public List<string> Turn()
        {
            Table.Turn(Now);
            List<string> told = [.. _told];
            _told.Clear();
            return told;
        }

        public bool SendValues(in InfoHash node, in Route to, in InfoHash key, uint socketId, ReadOnlySpan<byte> packed, ReadOnlySpan<int> sizes) =>
            Tell("values", socketId, Ids(packed));

        public bool SendIds(in InfoHash node, in Route to, uint socketId, bool refreshed, ReadOnlySpan<ulong> ids) =>
            Tell(refreshed ? "re" : "exp", socketId, ids.ToArray());

        public bool SendLegacyValues(in Route to, uint socketId, ReadOnlySpan<byte> packed, ReadOnlySpan<int> sizes) =>
            Tell("legacy values", socketId, Ids(packed));

        public bool SendLegacyIds(in Route to, uint socketId, bool refreshed, ReadOnlySpan<ulong> ids) =>
            Tell(refreshed ? "legacy re" : "legacy exp", socketId, ids.ToArray());

        private static List<ulong> Ids(ReadOnlySpan<byte> packed)
        {
            var ids = new List<ulong>();
            while (!packed.IsEmpty)
            {
                Assert.Equal(DecodeStatus.Ok, ValueReader.Read(packed, out ValueView value, out int consumed));
                ids.Add(value.Id);
                packed = packed[consumed..];
            }

            return ids;
        }

        private bool Tell(string what, uint socketId, IEnumerable<ulong> ids)
        {
            _told.Add($"{what} {socketId}: {string.Join(' ', ids)}");
            Told?.Invoke();
            return socketId != Refused;
        }
    }

    private sealed class NoVerifier : IValueVerifier
    {
        public static readonly NoVerifier Instance = new();

        public bool Verify(ReadOnlySpan<byte> ownerSpki, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature) => false;

        public byte[]? ReadCertificateKey(ReadOnlySpan<byte> data) => null;
    }
}
