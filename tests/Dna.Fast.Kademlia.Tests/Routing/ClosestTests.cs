using System.Buffers.Binary;
using CsCheck;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Routing;

/// <summary>The nearest contacts, the compact list made of them, and the too-far rule.</summary>
public sealed class ClosestTests
{
    [Fact]
    public void Closest_equals_a_brute_force_sort() =>
        Gen.Select(Gen.Int, Gen.Int[0, 2000], Gen.Bool, Gen.Int[0, 20], Gen.Bool).Sample((seed, offers, isBootstrap, wanted, goodOnly) =>
        {
            Random random = new(seed);
            RoutingTable table = RandomTable(random, offers, isBootstrap, out InfoHash self);
            Contact[] all = [.. table.Snapshot().SelectMany(bucket => bucket.Contacts)];
            Contact?[] closest = new Contact?[wanted];
            for (int i = 0; i < 20; i++)
            {
                InfoHash target = i switch
                {
                    0 => self,
                    1 when all.Length > 0 => all[random.Next(all.Length)].Id,
                    < 10 => Make.RandomId(random),
                    _ => Make.IdSharing(random, self, random.Next(InfoHash.Bits)),
                };
                int count = table.Closest(target, Make.StartMs, goodOnly, closest);
                Contact[] expected = [.. BruteForce(all, target, goodOnly).Take(wanted)];
                Assert.Equal(expected, closest[..count]);
            }
        });

    [Fact]
    public void Compact_list_holds_the_eight_closest_good_contacts()
    {
        Random random = new(7);
        RoutingTable table = RandomTable(random, 500, false, out _);
        Contact[] all = [.. table.Snapshot().SelectMany(bucket => bucket.Contacts)];
        byte[] list = new byte[8 * WireLimits.Node4Bytes];
        for (int i = 0; i < 100; i++)
        {
            InfoHash target = Make.RandomId(random);
            Assert.Equal(list.Length, table.WriteClosest(target, Make.StartMs, list));
            Assert.Equal(BruteForce(all, target, true).Take(8).SelectMany(Compact), list);
        }
    }

    [Fact]
    public void Compact_list_of_ipv6_has_entries_of_38_bytes()
    {
        RoutingTable table = new(Make.Id(1), IpFamily.V6);
        Contact contact = new(Make.Id(0x80), Make.Address6(77));
        contact.NoteReplied(Make.StartMs);
        table.Insert(contact, Confirmation.Replied, Make.Start);
        byte[] list = new byte[8 * WireLimits.Node6Bytes];
        Assert.Equal(WireLimits.Node6Bytes, table.WriteClosest(InfoHash.Zero, Make.StartMs, list));
        Assert.Equal(Compact(contact), list[..WireLimits.Node6Bytes]);
    }

    [Fact]
    public void Compact_list_of_an_empty_table_is_empty() =>
        Assert.Equal(0, new RoutingTable(Make.Id(1), IpFamily.V4).WriteClosest(InfoHash.Zero, Make.StartMs, new byte[208]));

    [Fact]
    public void Only_who_replied_and_is_heard_from_is_handed_out()
    {
        RoutingTable table = new(Make.Id(1), IpFamily.V4);
        Contact listed = Make.Listed(Make.Id(2)), incoming = Make.Listed(Make.Id(3)), replied = Make.Good(Make.Id(4)), expired = Make.Good(Make.Id(5));
        incoming.NoteHeard(Make.StartMs);
        expired.Expire();
        foreach (Contact contact in new[] { listed, incoming, replied, expired }) table.Insert(contact, Confirmation.Listed, Make.Start);
        Assert.Equal((1, 2, 0, 1), table.Count(Make.StartMs));
        Assert.Equal(WireLimits.Node4Bytes, table.WriteClosest(InfoHash.Zero, Make.StartMs, new byte[208]));
        Assert.Equal(0, table.WriteClosest(InfoHash.Zero, Make.StartMs + Contact.HeardAgeMsMax, new byte[208]));
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        Random random = new(9);
        RoutingTable table = RandomTable(random, 2000, true, out InfoHash self);
        Contact?[] closest = new Contact?[8];
        byte[] list = new byte[208];
        long sum = 0;
        Assert.Equal(0, Allocation.PerThousand(() => sum += Read()));
        Assert.True(sum > 0);

        long Read() => table.Closest(self, Make.StartMs, false, closest) + table.WriteClosest(closest[0]!.Id, Make.StartMs, list)
            + (table.Find(closest[7]!.Id) is null ? 0 : 1) + (table.CouldTake(self, Make.StartMs) ? 1 : 0) + (table.IsTooFar(self, Make.StartMs) ? 1 : 0);
    }

    [Fact]
    public void Key_is_too_far_when_eight_good_contacts_are_nearer()
    {
        InfoHash self = Make.Id(0x80), key = Make.Id(0x01);
        RoutingTable table = new(self, IpFamily.V4);
        for (int i = 0; i < 7; i++) table.Insert(Make.Good(Make.Id(0x01, (byte)(i + 1))), Confirmation.Replied, Make.Start);
        Assert.False(table.IsTooFar(key, Make.StartMs));
        table.Insert(Make.Good(Make.Id(0x01, 0xFF)), Confirmation.Replied, Make.Start);
        Assert.True(table.IsTooFar(key, Make.StartMs));
        Assert.False(table.IsTooFar(Make.Id(0x81), Make.StartMs));
    }

    [Fact]
    public void Key_is_not_too_far_when_one_of_the_eight_is_farther_than_we_are()
    {
        InfoHash self = Make.Id(0x02), key = Make.Id(0x01);
        RoutingTable table = new(self, IpFamily.V4);
        for (int i = 0; i < 7; i++) table.Insert(Make.Good(Make.Id(0x01, (byte)(i + 1))), Confirmation.Replied, Make.Start);
        table.Insert(Make.Good(Make.Id(0xFF)), Confirmation.Replied, Make.Start);
        Assert.False(table.IsTooFar(key, Make.StartMs));
    }

    [Fact]
    public void Doubtful_contacts_among_the_fourteen_closest_do_not_count()
    {
        InfoHash self = Make.Id(0x80), key = Make.Id(0x01);
        RoutingTable table = new(self, IpFamily.V4) { IsBootstrap = true };
        Contact[] near = [.. Enumerable.Range(1, 8).Select(i => Make.Good(Make.Id(0x01, (byte)i)))];
        foreach (Contact contact in near) table.Insert(contact, Confirmation.Replied, Make.Start);
        Assert.True(table.IsTooFar(key, Make.StartMs));
        near[0].Forget();
        Assert.False(table.IsTooFar(key, Make.StartMs));
        near[0].NoteReplied(Make.StartMs);
        near[0].Expire();
        Assert.False(table.IsTooFar(key, Make.StartMs));
    }

    [Fact]
    public void Too_far_equals_the_rule_applied_to_a_brute_force_sort() =>
        Gen.Select(Gen.Int, Gen.Int[0, 600], Gen.Bool).Sample((seed, offers, isBootstrap) =>
        {
            Random random = new(seed);
            RoutingTable table = RandomTable(random, offers, isBootstrap, out InfoHash self);
            Contact[] all = [.. table.Snapshot().SelectMany(bucket => bucket.Contacts)];
            // All goods but a few: so that buckets full of them are met as well.
            foreach (Contact contact in all.Where(_ => random.Next(8) > 0)) contact.NoteReplied(Make.StartMs);
            for (int i = 0; i < 60; i++)
            {
                InfoHash key = random.Next(2) == 0 ? Make.RandomId(random) : Make.IdSharing(random, self, random.Next(InfoHash.Bits));
                Contact[] good = [.. BruteForce(all, key, false).Take(RoutingTable.TooFarContacts).Where(contact => contact.IsGood(Make.StartMs)).Take(8)];
                bool expected = good.Length == 8 && (good[^1].Id ^ key) < (self ^ key);
                Assert.Equal(expected, table.IsTooFar(key, Make.StartMs));
            }
        });

    internal static IEnumerable<Contact> BruteForce(IEnumerable<Contact> contacts, InfoHash target, bool goodOnly) =>
        contacts.Where(contact => goodOnly ? contact.IsGood(Make.StartMs) : !contact.IsExpired).OrderBy(contact => contact.Id ^ target);

    private static RoutingTable RandomTable(Random random, int offers, bool isBootstrap, out InfoHash self)
    {
        self = Make.RandomId(random);
        RoutingTable table = new(self, IpFamily.V4) { IsBootstrap = isBootstrap };
        for (int i = 0; i < offers; i++)
        {
            InfoHash id = random.Next(3) == 0 ? Make.IdSharing(random, self, random.Next(random.Next(2) == 0 ? 40 : 160)) : Make.RandomId(random);
            Contact contact = random.Next(8) == 0 ? Make.Listed(id, i) : Make.Good(id, number: i);
            table.Insert(contact, Confirmation.Replied, Make.Start);
            if (random.Next(10) == 0) contact.Expire();
        }

        table.CheckInvariant();
        return table;
    }

    private static byte[] Compact(Contact contact)
    {
        byte[] entry = new byte[contact.Family == IpFamily.V4 ? WireLimits.Node4Bytes : WireLimits.Node6Bytes];
        contact.Id.CopyTo(entry);
        contact.Address.WriteAddress(entry.AsSpan(20));
        BinaryPrimitives.WriteUInt16BigEndian(entry.AsSpan(entry.Length - 2), contact.Address.Port);
        return entry;
    }
}
