using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Messenger.Tests.Fakes;

namespace Dna.Fast.Messenger.Tests.Publishing;

/// <content>Records that are published again after each start.</content>
public sealed partial class PublishQueueTests
{
    [Fact]
    public async Task A_kept_record_is_published_again_after_a_restart()
    {
        await using (PublishQueue queue = Queue(Kept())) await EndOfAsync(queue.Add(PublishItem.Record("profile", Key, TypeRegistry.Year, [1], isKept: true)));
        Alice.Network.Dispose();
        Assert.Equal(0, Alice.Dht.Announced);
        TestClient again = Again(Alice, owner: 1);
        await using PublishQueue next = new(again.Network, Kept());
        await PassTimeUntilAsync(() => Network.At(Key).Single().Versions.Count == 2);
        Assert.Equal(1, again.Dht.Announced);
        Assert.Equal([1], Network.At(Key).Single().Newest.Data);
    }

    [Fact]
    public async Task A_newer_version_of_another_device_is_not_written_over_by_a_kept_one()
    {
        await using (PublishQueue queue = Queue(Kept())) await EndOfAsync(queue.Add(PublishItem.Record("profile", Key, TypeRegistry.Year, [1], isKept: true)));
        TestClient other = Again(Alice, owner: 1);
        await other.Network.PutOwnAsync(Key, TypeRegistry.Year, new byte[] { 2 }, other.Network.Within(Deadline), default);
        await using PublishQueue next = new(Again(Alice, owner: 1).Network, Kept());
        await PassTimeUntilAsync(() => next.Statistics.Superseded == 1);
        Assert.Equal([2], Network.At(Key).Single().Newest.Data);
        Assert.Equal(0, next.Statistics.Kept);
    }

    [Fact]
    public async Task A_device_that_writes_between_looking_and_restoring_is_not_written_over()
    {
        await using (PublishQueue queue = Queue(Kept())) await EndOfAsync(queue.Add(PublishItem.Record("profile", Key, TypeRegistry.Year, [1], isKept: true)));
        TestClient other = Again(Alice, owner: 1);
        Network.BeforePut = _ =>
        {
            Network.BeforePut = null;
            Assert.True(other.Network.PutOwnAsync(Key, TypeRegistry.Year, new byte[] { 2 }, other.Network.Within(Deadline), default).Result.IsSuccess);
        };
        await using PublishQueue next = new(Again(Alice, owner: 1).Network, Kept());
        await PassTimeUntilAsync(() => next.Statistics.Superseded == 1);
        Assert.Equal([2], Network.At(Key).Single().Newest.Data);
    }

    [Fact]
    public async Task What_another_device_deleted_does_not_come_back()
    {
        await using (PublishQueue queue = Queue(Kept())) await EndOfAsync(queue.Add(PublishItem.Record("profile", Key, TypeRegistry.Year, [1], isKept: true)));
        await Alice.Dht.DeleteAsync(Key, 1, Deadline);
        await using PublishQueue next = new(Again(Alice, owner: 1).Network, Kept());
        await PassTimeUntilAsync(() => next.Statistics.Superseded == 1);
        Assert.Empty(Network.At(Key).Single().Newest.Data);
    }

    [Fact]
    public async Task A_kept_record_that_no_node_took_is_tried_until_one_does()
    {
        await using PublishQueue queue = Queue(Kept());
        Network.IsUnreachable = true;
        PublishTicket ticket = queue.Add(PublishItem.Record("profile", Key, TypeRegistry.Year, [1], isKept: true));
        Assert.Equal(PublishStatus.Failed, (await EndOfAsync(ticket)).Status);
        Network.IsUnreachable = false;
        await PassTimeUntilAsync(() => Network.Puts == 1);
        Assert.Equal(1, queue.Statistics.Kept);
    }

    [Fact]
    public async Task What_is_not_to_be_kept_any_more_is_neither_announced_nor_published_again()
    {
        await using (PublishQueue queue = Queue(Kept()))
        {
            await EndOfAsync(queue.Add(PublishItem.Record("profile", Key, TypeRegistry.Year, [1], isKept: true)));
            Assert.Equal(1, Alice.Dht.Announced);
            Assert.True(queue.StopKeeping("profile"));
            Assert.False(queue.StopKeeping("profile"));
            Assert.Equal(0, Alice.Dht.Announced);
        }

        await using PublishQueue next = new(Alice.Network, Kept());
        Assert.Equal(0, next.Statistics.Kept);
    }

    [Fact]
    public async Task A_damaged_list_of_kept_records_is_set_aside_and_counted()
    {
        Directory.CreateDirectory(_folder);
        string path = Kept().KeptFile!;
        File.WriteAllBytes(path, [1, 2, 3]);
        await using PublishQueue queue = Queue(Kept());
        Assert.Equal((1L, 0), (queue.Statistics.DamagedFiles, queue.Statistics.Kept));
        Assert.True(File.Exists(path + ".damaged"));
        await EndOfAsync(queue.Add(PublishItem.Record("profile", Key, TypeRegistry.Year, [1], isKept: true)));
        Assert.Single(KeptRecordFile.Read(File.ReadAllBytes(path))!);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }
}
