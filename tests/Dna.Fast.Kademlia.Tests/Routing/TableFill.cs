using Dna.Fast.Kademlia.Routing;

namespace Dna.Fast.Kademlia.Tests.Routing;

/// <summary>Fills a table whose own id is nearly zero with good contacts.</summary>
internal static class TableFill
{
    /// <summary>Contacts whose ids begin with a one: not in the bucket of our own id.</summary>
    public static Contact[] FillFarSide(this RoutingTable table, int count) => Fill(table, 0x80, count);

    /// <summary>Contacts whose ids begin with 01: in the half of our own id.</summary>
    public static Contact[] FillOwnSide(this RoutingTable table, int count) => Fill(table, 0x40, count);

    private static Contact[] Fill(RoutingTable table, int first, int count)
    {
        Contact[] contacts = new Contact[count];
        for (int i = 0; i < count; i++)
        {
            contacts[i] = Make.Good(Make.Id((byte)(first + i)));
            Assert.Equal(InsertStatus.Inserted, table.Insert(contacts[i], Confirmation.Replied, Make.Start).Status);
        }

        return contacts;
    }
}
