using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Aot.Tests;

/// <summary>The messenger's commands in a network of one node of ours.</summary>
public sealed class ChatTests
{
    [Fact]
    public async Task Users_find_each_other_and_what_is_sent_to_who_is_away_arrives_once_and_in_order()
    {
        await using DnaProcess node = await DnaProcess.StartAsync();
        using Chat chat = new(node.Address.ToString());
        await ChatScenes.TalkAsync(chat, "messenger", () => Task.CompletedTask);
    }

    [Fact]
    public async Task A_group_has_a_new_key_whenever_a_member_comes_or_goes()
    {
        await using DnaProcess node = await DnaProcess.StartAsync();
        using Chat chat = new(node.Address.ToString());
        await ChatScenes.GroupAsync(chat, () => Task.CompletedTask);
    }

    [Fact]
    public async Task A_wall_holds_100_posts_with_answers_and_votes()
    {
        await using DnaProcess node = await DnaProcess.StartAsync();
        using Chat chat = new(node.Address.ToString());
        await ChatScenes.WallAsync(chat, () => Task.CompletedTask);
    }

    [Fact]
    public async Task Contacts_come_back_from_the_words_alone_and_the_DHT_identity_from_its_backup()
    {
        await using DnaProcess node = await DnaProcess.StartAsync();
        using Chat chat = new(node.Address.ToString());
        await ChatScenes.DevicesAsync(chat, () => Task.CompletedTask);
    }

    [Fact]
    public async Task Processes_that_send_as_one_user_at_once_lose_nothing()
    {
        await using DnaProcess node = await DnaProcess.StartAsync();
        using Chat chat = new(node.Address.ToString());
        await ChatScenes.CrowdAsync(chat);
    }

    [Fact]
    public async Task Whoever_watches_sees_messages_as_they_come_and_each_once()
    {
        await using DnaProcess node = await DnaProcess.StartAsync();
        using Chat chat = new(node.Address.ToString());
        await ChatScenes.WatchAsync(chat);
    }
}
