using Dna.Fast.Messenger.Tests.Fakes;

namespace Dna.Fast.Messenger.Tests.Services;

public sealed class ContactServiceTests : ServiceTests
{
    private ContactList None => ContactList.Empty(Alice.Keys.Fingerprint);

    [Fact]
    public async Task The_originals_list_is_fetched_though_its_inner_expiry_has_passed()
    {
        var alice = new TestClient(Network, Users.Alice, owner: 9, Time);
        Time.Advance(TimeSpan.FromDays(100));
        Network.PutUnsigned(DnaKeys.ContactList(Users.AliceFingerprint), Users.Fixture("contactlist.0"));
        Assert.Equal([Users.BobFingerprint], (await alice.Contacts.FetchAsync(alice.Keys, Deadline)).Value!.Contacts);
    }

    [Fact]
    public async Task A_new_device_gets_all_contacts()
    {
        ContactList list = (await Alice.Contacts.AddAsync(Alice.Keys, None, Bob.Keys.Fingerprint.ToUpperInvariant(), Deadline)).Value!;
        await Alice.Contacts.AddAsync(Alice.Keys, list, Carol.Keys.Fingerprint, Deadline);
        TestClient phone = Again(Alice, owner: 1);
        Assert.Equal([Bob.Keys.Fingerprint, Carol.Keys.Fingerprint], (await phone.Contacts.SyncAsync(Alice.Keys, None, Deadline)).Value!.Contacts);
    }

    [Fact]
    public async Task A_device_that_writes_between_reading_and_writing_loses_no_contact_and_takes_none()
    {
        TestClient phone = Again(Alice, owner: 1);
        Assert.True((await Alice.Contacts.AddAsync(Alice.Keys, None, Bob.Keys.Fingerprint, Deadline)).IsSuccess);
        int races = 0;
        Network.BeforePut = key =>
        {
            if (key != DnaKeys.ContactList(Alice.Keys.Fingerprint) || races++ > 0) return;
            Assert.True(phone.Contacts.AddAsync(Alice.Keys, None, Carol.Keys.Fingerprint, Deadline).Result.IsSuccess);
        };
        // A new laptop, which knows no contact.
        TestClient laptop = Again(Alice, owner: 1);
        Assert.True((await laptop.Contacts.SyncAsync(Alice.Keys, None, Deadline)).IsSuccess);
        Assert.True(races > 2);
        Assert.Equal(new[] { Bob.Keys.Fingerprint, Carol.Keys.Fingerprint }.Order(), (await Alice.Contacts.FetchAsync(Alice.Keys, Deadline)).Value!.Contacts.Order());
    }

    [Fact]
    public async Task A_device_that_never_gets_its_turn_says_that_nothing_was_written()
    {
        TestClient phone = Again(Alice, owner: 1);
        bool isHere = false;
        Network.BeforePut = _ =>
        {
            if (isHere) return;
            isHere = true;
            Assert.True(phone.Contacts.AddAsync(Alice.Keys, None, Carol.Keys.Fingerprint, Deadline).Result.IsSuccess);
            isHere = false;
        };
        Assert.Equal(ResultCode.NetworkError, (await Alice.Contacts.AddAsync(Alice.Keys, None, Bob.Keys.Fingerprint, Deadline)).Code);
        Network.BeforePut = null;
        Assert.Equal([Carol.Keys.Fingerprint], (await Alice.Contacts.FetchAsync(Alice.Keys, Deadline)).Value!.Contacts);
    }

    [Fact]
    public async Task Pain_37_a_smaller_or_older_copy_takes_no_contact_away()
    {
        ContactList big = (await Alice.Contacts.AddAsync(Alice.Keys, None, Bob.Keys.Fingerprint, Deadline)).Value!;
        // An old client overwrites the list with a shorter one, later.
        Time.Advance(TimeSpan.FromDays(1));
        ContactList small = new(Alice.Keys.Fingerprint, Alice.Network.Now, [Carol.Keys.Fingerprint], [], [], KeepsTimes: false);
        await Alice.Network.PutOwnAsync(DnaKeys.ContactList(Alice.Keys.Fingerprint), 0x1002, ContactListCodec.Seal(Alice.Keys, small)!, Alice.Network.Within(Deadline), default);
        Assert.Equal(
            new[] { Bob.Keys.Fingerprint, Carol.Keys.Fingerprint }.Order(),
            (await Alice.Contacts.SyncAsync(Alice.Keys, big, Deadline)).Value!.Contacts.Order());
    }

    [Fact]
    public async Task A_removed_contact_stays_removed_on_every_device_until_it_is_added_again()
    {
        ContactList list = (await Alice.Contacts.AddAsync(Alice.Keys, None, Bob.Keys.Fingerprint, Deadline)).Value!;
        TestClient phone = Again(Alice, owner: 1);
        ContactList onPhone = (await phone.Contacts.SyncAsync(Alice.Keys, None, Deadline)).Value!;
        Time.Advance(TimeSpan.FromSeconds(5));
        ContactList without = (await Alice.Contacts.RemoveAsync(Alice.Keys, list, Bob.Keys.Fingerprint, Deadline)).Value!;
        Assert.Empty(without.Contacts);
        Time.Advance(TimeSpan.FromSeconds(5));
        // The phone still has it, and writes later than the removal was.
        onPhone = (await phone.Contacts.AddAsync(Alice.Keys, onPhone, Carol.Keys.Fingerprint, Deadline)).Value!;
        Assert.Equal([Carol.Keys.Fingerprint], onPhone.Contacts);
        ContactList again = (await Alice.Contacts.AddAsync(Alice.Keys, without, Bob.Keys.Fingerprint, Deadline)).Value!;
        Assert.Equal(2, again.Contacts.Count);
        Assert.Equal(2, (await phone.Contacts.SyncAsync(Alice.Keys, onPhone, Deadline)).Value!.Contacts.Count);
    }

    [Fact]
    public async Task Lists_under_two_owner_keys_are_merged()
    {
        await Again(Alice, owner: 8).Contacts.AddAsync(Alice.Keys, None, Bob.Keys.Fingerprint, Deadline);
        await Alice.Contacts.AddAsync(Alice.Keys, None, Carol.Keys.Fingerprint, Deadline);
        Assert.Equal(2, (await Alice.Contacts.FetchAsync(Alice.Keys, Deadline)).Value!.Contacts.Count);
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_is_not_written_over_and_a_foreign_one_is_no_list()
    {
        Network.IsUnreachable = true;
        Assert.Equal(ResultCode.NetworkError, (await Alice.Contacts.AddAsync(Alice.Keys, None, Bob.Keys.Fingerprint, Deadline)).Code);
        Network.IsUnreachable = false;
        Assert.Equal(0, Network.Puts);
        Assert.Equal(ResultCode.NotFound, (await Alice.Contacts.FetchAsync(Alice.Keys, Deadline)).Code);
        Network.PutUnsigned(DnaKeys.ContactList(Alice.Keys.Fingerprint), ContactListCodec.Seal(Bob.Keys, ContactList.Empty(Bob.Keys.Fingerprint))!);
        Assert.Equal(ResultCode.AuthenticationFailed, (await Alice.Contacts.FetchAsync(Alice.Keys, Deadline)).Code);
        Assert.Equal(ResultCode.InvalidParameter, (await Alice.Contacts.AddAsync(Alice.Keys, None, "bob", Deadline)).Code);
    }

    [Fact]
    public async Task A_list_that_is_too_long_is_an_error_before_anything_is_sent()
    {
        string[] many = [.. Enumerable.Range(0, 600).Select(i => i.ToString("x128", null))];
        Assert.Equal(ResultCode.OutOfMemory, (await Alice.Contacts.SyncAsync(Alice.Keys, None with { Contacts = many }, Deadline)).Code);
        Assert.Equal(0, Network.Puts);
    }

    [Fact]
    public async Task Requests_are_listed_once_a_sender_and_only_genuine_ones()
    {
        Assert.True((await Bob.Requests.SendAsync(Bob.Keys, Alice.Keys.Fingerprint, "bob", "first", Deadline)).IsSuccess);
        Time.Advance(TimeSpan.FromSeconds(9));
        Assert.True((await Bob.Requests.SendAsync(Bob.Keys, Alice.Keys.Fingerprint, "bob", "second", Deadline)).IsSuccess);
        Assert.True((await Carol.Requests.SendAsync(Carol.Keys, Alice.Keys.Fingerprint, "carol", "hello", Deadline)).IsSuccess);
        byte[] forged = ContactRequestCodec.Sign(Carol.Keys, Alice.Keys.Fingerprint, "bob", "let me in", Alice.Network.Now)!;
        forged[25] ^= 1;
        Network.PutUnsigned(DnaKeys.ContactRequests(Alice.Keys.Fingerprint), forged);
        IReadOnlyList<ContactRequest> requests = (await Alice.Requests.ListAsync(Alice.Keys.Fingerprint, Deadline)).Value!;
        Assert.Equal(["hello", "second"], requests.Select(request => request.Message).Order());
        Time.Advance(TimeSpan.FromDays(8));
        Assert.Empty((await Alice.Requests.ListAsync(Alice.Keys.Fingerprint, Deadline)).Value!);
        Assert.Equal(ResultCode.InvalidParameter, (await Bob.Requests.SendAsync(Bob.Keys, Alice.Keys.Fingerprint, new string('x', 64), "", Deadline)).Code);
        Network.IsUnreachable = true;
        Assert.Equal(ResultCode.NetworkError, (await Alice.Requests.ListAsync(Alice.Keys.Fingerprint, Deadline)).Code);
    }

    [Fact]
    public async Task A_request_arrives_though_a_thief_sits_on_its_computable_id()
    {
        await Carol.Network.PutAsync(DnaKeys.ContactRequests(Alice.Keys.Fingerprint), DnaKeys.RequestValueId(Bob.Keys.Fingerprint), 0x1001, new byte[] { 1 }, Carol.Network.Within(Deadline), default);
        Assert.True((await Bob.Requests.SendAsync(Bob.Keys, Alice.Keys.Fingerprint, "bob", "hi", Deadline)).IsSuccess);
        Assert.Equal("hi", (await Alice.Requests.ListAsync(Alice.Keys.Fingerprint, Deadline)).Value!.Single().Message);
    }
}
