using System.Text;
using Dna.Fast.Identity;
using Dna.Fast.Kademlia;
using Dna.Fast.Messaging;

namespace Dna.Fast.Tests.Messaging;

/// <summary>The files of contacts and groups when they are damaged, or newer than this program.</summary>
public sealed class BooksTests : IDisposable
{
    private static readonly IUserKeys Keys = new UserSuites(System.Security.Cryptography.RandomNumberGenerator.Fill).Fast.FromSeeds(new byte[32], new byte[32]);

    private readonly string _folder = Directory.CreateTempSubdirectory("dna-books-").FullName;
    private readonly StateFolder _state;
    private readonly List<string> _notes = [];

    public BooksTests()
    {
        _state = StateFolder.Of(_folder, "unused.key", Keys.Fingerprint);
        _state.Prepare();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Each_damaged_file_is_set_aside_beside_those_before()
    {
        string contacts = Path.Combine(_state.OfUser, "contacts"), groups = Path.Combine(_state.OfUser, "groups");
        for (byte i = 1; i <= 3; i++)
        {
            File.WriteAllBytes(contacts, [i]);
            File.WriteAllBytes(groups, [i]);
            Assert.Empty(new ContactBook(Keys, _state).Load(_notes.Add)!.Contacts);
            Assert.Empty(GroupBook.Load(Keys, _state, _notes.Add).All);
        }

        foreach (string file in (string[])[contacts, groups])
            Assert.Equal([1, 2, 3], ((string[])[".damaged", ".damaged-2", ".damaged-3"]).Select(end => Assert.Single(File.ReadAllBytes(file + end))));
        Assert.Equal(6, _notes.Count);
    }

    [Fact]
    public void A_file_of_groups_of_a_newer_version_is_left_as_it_is()
    {
        string groups = Path.Combine(_state.OfUser, "groups");
        byte[] newer = Keys.Seal([Keys.EncryptionKey], Encoding.UTF8.GetBytes("""{"version":2,"groups":{}}"""))!;
        File.WriteAllBytes(groups, newer);
        Assert.Contains("newer version", Assert.Throws<IOException>(() => GroupBook.Load(Keys, _state, _notes.Add)).Message, StringComparison.Ordinal);
        Assert.Equal(newer, File.ReadAllBytes(groups));
        Assert.Empty(_notes);
    }

    [Fact]
    public void Groups_with_many_keys_and_messages_come_back_as_they_were_kept()
    {
        GroupBook book = GroupBook.Load(Keys, _state, _notes.Add);
        KnownGroup group = new KnownGroup("uuid", "a \"name\"", Keys.Fingerprint).WithRead(Enumerable.Range(0, 2000).Select(i => $"message {i}"), 5);
        for (uint version = 1; version <= 20; version++) group = group.With(new KnownGroupKey(version, new byte[] { 1, (byte)version }, version, [Keys.Fingerprint]));
        book.Keep(group);
        KnownGroup read = GroupBook.Load(Keys, _state, _notes.Add).Find("uuid")!;
        Assert.Equal(group.Name, read.Name);
        Assert.Equal(group.Read.Count, read.Read.Count);
        Assert.Equal(group.Keys.Select(key => Convert.ToHexString(key.Key.Span)), read.Keys.Select(key => Convert.ToHexString(key.Key.Span)));
    }
}
