using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Interop.Tests;

/// <summary>The messenger's commands in a network of one stock node, and nothing of ours but the commands.</summary>
public sealed class ChatTests
{
    private static readonly Func<Task> Nothing = () => Task.CompletedTask;

    [Fact]
    public Task A_stock_node_keeps_what_is_sent_to_who_is_away() => WithStockNodeAsync(chat => ChatScenes.TalkAsync(chat, "fast", Nothing));

    [Fact]
    public Task A_stock_node_keeps_groups_and_their_keys() => WithStockNodeAsync(chat => ChatScenes.GroupAsync(chat, Nothing));

    [Fact]
    public Task A_stock_node_keeps_a_wall_of_100_posts() => WithStockNodeAsync(chat => ChatScenes.WallAsync(chat, Nothing));

    [Fact]
    public Task A_stock_node_keeps_contacts_and_a_backup() => WithStockNodeAsync(chat => ChatScenes.DevicesAsync(chat, Nothing));

    private static async Task WithStockNodeAsync(Func<Chat, Task> act)
    {
        await using DhtNodeProcess stock = await DhtNodeProcess.StartAsync();
        using Chat chat = new(stock.Address.ToString());
        await act(chat);
    }
}
