using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Aot.Tests;

/// <summary>The messenger's commands in a network of three nodes of ours, of which the one that was asked first is killed in the middle.</summary>
public sealed class ChatThroughAKillTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public Task Messages_outlive_the_node_they_were_sent_through() => WithThreeNodesAsync((chat, kill) => ChatScenes.TalkAsync(chat, "fast", kill));

    [Fact]
    public Task A_group_outlives_a_node() => WithThreeNodesAsync(ChatScenes.GroupAsync);

    [Fact]
    public Task A_wall_outlives_a_node() => WithThreeNodesAsync(ChatScenes.WallAsync);

    [Fact]
    public Task Contacts_and_a_backup_outlive_a_node() => WithThreeNodesAsync(ChatScenes.DevicesAsync);

    private static async Task WithThreeNodesAsync(Func<Chat, Func<Task>, Task> act)
    {
        await using DnaProcess first = await DnaProcess.StartAsync();
        DnaOptions joining = new() { Bootstrap = [first.Address.ToString()] };
        await using DnaProcess second = await DnaProcess.StartAsync(joining), third = await DnaProcess.StartAsync(joining);
        foreach (DnaProcess node in (DnaProcess[])[first, second, third])
            await Bounded.UntilAsync(async () => await GoodAsync(node) >= 2, Patience, "each node knows both others");
        using Chat chat = new(first.Address.ToString());
        await act(chat, async () =>
        {
            await first.StopAsync("KILL");
            chat.At = second.Address.ToString();
        });
    }

    private static async Task<int> GoodAsync(DnaProcess node) => (await node.StatusAsync()).GetProperty("ipv4").GetProperty("good").GetInt32();
}
