using CsCheck;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Routing;

/// <summary>Any sequence of operations keeps the invariants and agrees with a model that is a plain list of buckets.</summary>
public sealed class RandomOperationsTests
{
    private static readonly Gen<(int Seed, int Operations)> GenRun = Gen.Select(Gen.Int, Gen.Int[1, 400]);

    [Fact]
    public void Invariants_hold_after_every_operation() =>
        GenRun.Sample(
            run =>
            {
                Random random = new(run.Seed);
                TableDriver driver = new(random);
                for (int i = 0; i < run.Operations; i++)
                {
                    driver.Step();
                    driver.Table.CheckInvariant();
                }
            },
            iter: 300);

    [Fact]
    public void Table_agrees_with_a_model_after_every_operation() =>
        GenRun.Sample(
            run =>
            {
                Random random = new(run.Seed);
                TableDriver driver = new(random);
                TableModel model = new(driver.Self);
                driver.Inserted = (contact, confirmation, now, result) => Assert.Equal(model.Insert(contact, confirmation, now), result);
                driver.Purged = candidates => Assert.Equal(model.Purge(), candidates);
                driver.Bootstrapped = isBootstrap => model.IsBootstrap = isBootstrap;
                for (int i = 0; i < run.Operations; i++)
                {
                    driver.Step();
                    Assert.Equal(model.Describe(), Describe(driver.Table));
                }
            },
            iter: 300);

    private static string Describe(RoutingTable table) =>
        string.Join('\n', table.Snapshot().Select(bucket => TableModel.Line(bucket.First, bucket.Depth, bucket.Contacts, bucket.Cached)));
}

/// <summary>Does random things to a table, as an owner thread would.</summary>
internal sealed class TableDriver
{
    private readonly Random _random;
    private readonly List<Contact> _offered = [];
    private long _nowMs = Make.StartMs;

    public TableDriver(Random random)
    {
        _random = random;
        Self = Make.RandomId(random);
        Table = new RoutingTable(Self, IpFamily.V4);
    }

    public InfoHash Self { get; }

    public RoutingTable Table { get; }

    public Action<Contact, Confirmation, long, InsertResult>? Inserted { get; set; }

    public Action<List<Contact>>? Purged { get; set; }

    public Action<bool>? Bootstrapped { get; set; }

    public void Step()
    {
        int dice = _random.Next(100);
        if (dice < 70 || _offered.Count == 0) Offer();
        else if (dice < 92) ChangeContact(_offered[_random.Next(_offered.Count)]);
        else if (dice < 96) _nowMs += _random.Next(4 * 60_000);
        else if (dice < 98) Purge();
        else SwitchBootstrap();
    }

    private void Offer()
    {
        Contact contact = _offered.Count > 0 && _random.Next(4) == 0 ? _offered[_random.Next(_offered.Count)] : NewContact();
        Confirmation confirmation = (Confirmation)_random.Next(3);
        if (confirmation == Confirmation.Incoming) contact.NoteHeard(_nowMs);
        if (confirmation == Confirmation.Replied) contact.NoteReplied(_nowMs);
        InsertResult result = Table.Insert(contact, confirmation, Make.At(_nowMs));
        Inserted?.Invoke(contact, confirmation, _nowMs, result);
    }

    private Contact NewContact()
    {
        // Few distinct prefixes, so that buckets overflow; many ids near our own, so that the tree grows deep.
        InfoHash id = _random.Next(2) == 0 ? Make.RandomId(_random) : Make.IdSharing(_random, Self, _random.Next(_random.Next(2) == 0 ? 8 : 160));
        Contact contact = new(id, Make.Address(_offered.Count));
        _offered.Add(contact);
        return contact;
    }

    private void ChangeContact(Contact contact)
    {
        switch (_random.Next(4))
        {
            case 0: contact.Expire(); break;
            case 1: contact.NoteHeard(_nowMs); break;
            case 2: contact.NoteReplied(_nowMs); break;
            default: contact.PendingRequests = _random.Next(2); break;
        }
    }

    private void Purge()
    {
        List<Contact> candidates = [];
        Table.PurgeExpired(Make.At(_nowMs), candidates);
        Purged?.Invoke(candidates);
    }

    private void SwitchBootstrap()
    {
        Table.IsBootstrap = !Table.IsBootstrap;
        Bootstrapped?.Invoke(Table.IsBootstrap);
    }
}
