using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>What users do with each other through nothing but commands and a network, whatever the network is made of.</summary>
internal static class ChatScenes
{
    /// <summary>Messages that wait for one reader: more than an outbox and a few parts of a day hold.</summary>
    private const int Waiting = 200;

    /// <summary>For what comes by listening.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Names, profiles, and messages both ways to who is away: each once, in the order of their sending.</summary>
    /// <param name="meanwhile">Happens while the readers are away.</param>
    public static async Task TalkAsync(Chat chat, string suite, Func<Task> meanwhile)
    {
        await chat.NewAsync(suite, "alice", "bob");
        Assert.Equal(chat.FingerprintOf("alice"), Assert.Single(await chat.AskAsync("name", "lookup", "alice")).GetProperty("fingerprint").GetString());
        JsonElement bob = Assert.Single(await chat.AskAsync("name", "reverse", chat.FingerprintOf("bob")));
        Assert.Equal(("bob", true), (bob.GetProperty("identity").GetString(), bob.GetProperty("has_name").GetBoolean()));
        await chat.RunAsync("alice", "profile", "set", "--bio", "Here I am");

        string[] letters = [.. Enumerable.Range(1, Waiting).Select(i => $"letter {i}")], answers = [.. Enumerable.Range(1, Waiting).Select(i => $"answer {i}")];
        IReadOnlyList<JsonElement> sent = await chat.PipeAsync("alice", letters, "msg", "send", "bob");
        await chat.PipeAsync("bob", answers, "msg", "send", chat.FingerprintOf("alice"));
        await meanwhile();
        Assert.Equal("Here I am", Assert.Single(await chat.AskAsync("profile", "show", "alice")).GetProperty("bio").GetString());
        IReadOnlyList<JsonElement> read = await chat.JsonAsync("bob", "msg", "check", "--from", "alice");
        Assert.Equal(letters, Chat.Texts(read));
        Assert.Equal(Ids(sent), Ids(read));
        Assert.All(read, message => Assert.Equal((chat.FingerprintOf("alice"), "alice"), (message.GetProperty("from").GetString(), message.GetProperty("name").GetString())));
        Assert.Equal(answers, Chat.Texts(await chat.JsonAsync("alice", "msg", "check", "--from", "bob")));
        Assert.Empty(await chat.JsonAsync("bob", "msg", "check", "--from", chat.FingerprintOf("alice")));
    }

    /// <summary>A group whose key changes with its members.</summary>
    /// <param name="meanwhile">Happens before the last message is read.</param>
    public static async Task GroupAsync(Chat chat, Func<Task> meanwhile)
    {
        await chat.NewAsync("fast", "alice", "bob", "carol");
        JsonElement made = Assert.Single(await chat.JsonAsync("alice", "group", "create", "Friends", "--member", "bob"));
        string uuid = made.GetProperty("uuid").GetString()!;
        Assert.Equal(1, made.GetProperty("key_version").GetInt32());
        await chat.RunAsync("alice", "group", "send", "Friends", "for two");
        await chat.RunAsync("bob", "group", "show", uuid);
        Assert.Equal(["for two"], await NewsAsync("bob"));
        await chat.PipeAsync("bob", ["one", "two", "three"], "group", "send", "friends");
        Assert.Equal(["one", "two", "three"], await NewsAsync("alice"));

        Assert.Equal(2, Assert.Single(await chat.JsonAsync("alice", "group", "add", "Friends", "carol")).GetProperty("key_version").GetInt32());
        await chat.RunAsync("bob", "group", "send", uuid, "for three");
        // Who comes later reads nothing of what was said before.
        Assert.Equal(["for three"], await NewsAsync("carol", uuid));

        Assert.Equal(3, Assert.Single(await chat.JsonAsync("alice", "group", "remove", "Friends", "bob")).GetProperty("key_version").GetInt32());
        await chat.RunAsync("alice", "group", "send", "Friends", "without bob");
        Assert.Equal(1, (await chat.TryAsync("bob", "group", "send", "Friends", "let me in")).ExitCode);
        await meanwhile();
        Assert.Equal(["without bob"], await NewsAsync("carol"));
        Assert.Empty(await NewsAsync("carol"));
        Assert.Empty(await NewsAsync("bob"));

        async Task<IReadOnlyList<string>> NewsAsync(string user, params string[] group) => Chat.Texts(await chat.JsonAsync(user, ["group", "check", .. group]));
    }

    /// <summary>A full wall in pages, with an answer and votes.</summary>
    /// <param name="meanwhile">Happens before it is read.</param>
    public static async Task WallAsync(Chat chat, Func<Task> meanwhile)
    {
        await chat.NewAsync("fast", "alice", "bob");
        string[] posts = [.. Enumerable.Range(1, 100).Select(i => $"post {i}")];
        await chat.PipeAsync("alice", posts, "wall", "post");
        JsonElement newest = Assert.Single(await chat.AskAsync("wall", "read", "alice", "--count", "1"));
        Assert.Equal(posts[^1], newest.GetProperty("text").GetString());
        string id = newest.GetProperty("id").GetString()!;
        await chat.RunAsync("bob", "wall", "vote", id, "up");
        Assert.Contains((await chat.TryAsync("bob", "wall", "vote", id, "down")).Errors, line => line.Contains("you have voted on this post already", StringComparison.Ordinal));
        await chat.RunAsync("bob", "wall", "post", "Well said", "--on", "alice", "--reply-to", id);
        await meanwhile();
        JsonElement[] read = [.. await PageAsync("0"), .. await PageAsync("60")];
        Assert.Equal(posts.Reverse(), Chat.Texts(read.Where(post => post.GetProperty("from").GetString() == chat.FingerprintOf("alice"))));
        JsonElement answer = Assert.Single(read, post => post.GetProperty("from").GetString() == chat.FingerprintOf("bob"));
        Assert.Equal(("Well said", id), (answer.GetProperty("text").GetString(), answer.GetProperty("reply_to").GetString()));
        Assert.All(read, post => Assert.Equal((post.GetProperty("id").GetString() == id ? 1 : 0, 0), (post.GetProperty("up").GetInt32(), post.GetProperty("down").GetInt32())));

        Task<IReadOnlyList<JsonElement>> PageAsync(string skip) => chat.AskAsync("wall", "read", "alice", "--skip", skip, "--count", "60", "--votes");
    }

    /// <summary>A second device that has nothing but the words, and a third that has exported keys and the backup of the DHT identity.</summary>
    /// <param name="meanwhile">Happens between the first device and the others.</param>
    public static async Task DevicesAsync(Chat chat, Func<Task> meanwhile)
    {
        await chat.NewAsync("messenger", "alice", "bob");
        await chat.RunAsync("alice", "contacts", "add", "bob");
        await chat.RunAsync("alice", "id", "backup");
        await chat.Home.SucceedAsync("id", "export", "--key", "alice", "--original", chat.Home.File("alice"));
        await chat.RunAsync("bob", "msg", "send", "alice", "Are you there?");
        await meanwhile();

        using var second = new Identities();
        await File.WriteAllTextAsync(second.File("words"), chat.WordsOf("alice"));
        await second.SucceedAsync("id", "recover", "--words-file", second.File("words"), "--dht-bits", "2048");
        JsonElement list = Assert.Single(Chat.Objects(await second.SucceedAsync("contacts", "pull", "--json", "-b", chat.At)));
        Assert.Equal([chat.FingerprintOf("bob")], list.GetProperty("contacts").EnumerateArray().Select(contact => contact.GetString()));
        Assert.Equal(["Are you there?"], Chat.Texts(Chat.Objects(await second.SucceedAsync("msg", "check", "--json", "-b", chat.At))));

        using var third = new Identities();
        await third.SucceedAsync("id", "import", chat.Home.File("alice"));
        JsonElement restored = Assert.Single(Chat.Objects(await third.SucceedAsync("id", "restore", "--json", "--accept", chat.KeyIdOf("alice"), "-b", chat.At)));
        Assert.Equal(chat.KeyIdOf("alice"), restored.GetProperty("dht_key_id").GetString());
        // It is the same owner again: what it writes replaces what the first device wrote.
        await third.SucceedAsync("profile", "set", "--bio", "Back again", "-b", chat.At);
        Assert.Equal("Back again", Assert.Single(await chat.AskAsync("profile", "show", "alice")).GetProperty("bio").GetString());
    }

    /// <summary>Several processes of one user at once, that write to another user, to a group, and on a wall: nothing is lost, nothing comes twice, and what one process says stays in its order.</summary>
    public static async Task CrowdAsync(Chat chat)
    {
        await chat.NewAsync("fast", "alice", "bob");
        await chat.RunAsync("alice", "group", "create", "Us", "--member", "bob");
        string[][] said = [.. Enumerable.Range(0, 4).Select(process => Enumerable.Range(0, 10).Select(i => $"{process} {i}").ToArray())];
        foreach (string[] command in (string[][])[["msg", "send", "bob"], ["group", "send", "Us"], ["wall", "post"]])
            await Task.WhenAll(said.Select(lines => chat.PipeAsync("alice", lines, [.. command, "--timeout", "300"])));
        AssertWhole(await chat.JsonAsync("bob", "msg", "check", "--from", "alice"));
        AssertWhole(await chat.JsonAsync("alice", "group", "show", "Us", "--messages"));
        AssertWhole((await chat.AskAsync("wall", "read", "alice", "--count", "100")).Reverse());

        void AssertWhole(IEnumerable<JsonElement> messages)
        {
            IReadOnlyList<string> heard = Chat.Texts(messages);
            Assert.Equal(said.Sum(lines => lines.Length), heard.Count);
            for (int process = 0; process < said.Length; process++) Assert.Equal(said[process], heard.Where(text => text.StartsWith($"{process} ", StringComparison.Ordinal)));
        }
    }

    /// <summary>Messages that wait, messages that come while their reader listens, those of a group too, and one that comes directly; what was shown no check shows again.</summary>
    public static async Task WatchAsync(Chat chat)
    {
        await chat.NewAsync("fast", "alice", "bob");
        await chat.RunAsync("alice", "msg", "send", "bob", "It waited");
        string group = (await chat.JsonAsync("alice", "group", "create", "Us", "--member", "bob")).Single().GetProperty("uuid").GetString()!;
        await chat.RunAsync("bob", "group", "show", group);
        await chat.RunAsync("bob", "contacts", "add", "alice");
        using var port = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        port.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        string at = port.LocalEndPoint!.ToString()!;
        port.Dispose();
        await using ChildProcess watch = chat.Home.Start("msg", "watch", "--json", "--key", "bob", "-b", chat.At, "--direct", at);
        await HeardAsync("It waited");
        await chat.PipeAsync("alice", ["one", "two", "three"], "msg", "send", "bob");
        await HeardAsync("three");
        await chat.RunAsync("alice", "msg", "send", "bob", "the last");
        await HeardAsync("the last");
        await chat.RunAsync("alice", "group", "send", "Us", "to all");
        await HeardAsync("to all");
        List<string> direct = await DirectlyAsync(chat, HeardAsync);
        watch.Signal("INT");
        Assert.Equal(0, await watch.WaitForExitAsync(Patience));
        JsonElement[] shown = [.. watch.Output.Since(0).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["It waited", "one", "two", "three", "the last", "to all", .. direct], Chat.Texts(shown));
        Assert.Equal(group, shown[5].GetProperty("group").GetString());
        Assert.Empty(await chat.JsonAsync("bob", "msg", "check"));
        Assert.Empty(await chat.JsonAsync("bob", "group", "check"));

        async Task HeardAsync(string text)
        {
            (int, string)? heard = await watch.Output.WaitAsync(0, line => line.Contains($"\"{text}\"", StringComparison.Ordinal), Patience);
            Assert.True(heard is not null, $"'{text}' was not heard:\n{watch.Output.Tail()}{watch.Errors.Tail()}");
        }
    }

    /// <summary>Sends directly until that is how it goes: where a reader is, is known a moment after it began; what is sent before that waits in the network as ever.</summary>
    private static async Task<List<string>> DirectlyAsync(Chat chat, Func<string, Task> heard)
    {
        var sent = new List<string>();
        bool isDelivered = false;
        while (!isDelivered && sent.Count < 20)
        {
            sent.Add($"direct {sent.Count}");
            isDelivered = (await chat.JsonAsync("alice", "msg", "send", "bob", sent[^1], "--direct")).Single().GetProperty("delivered").GetBoolean();
            await heard(sent[^1]);
        }

        Assert.True(isDelivered);
        return sent;
    }

    private static IEnumerable<string?> Ids(IEnumerable<JsonElement> messages) => messages.Select(message => message.GetProperty("id").GetString());
}
