using System.Text.Json;
using Dna.Fast.Tests.Id;
using Dna.Fast.Tests.Shared;

namespace Dna.Fast.Tests.Messaging;

/// <summary>A network of one node, and two people with homes and identities of their own.</summary>
internal sealed class MessengerBench : IDisposable
{
    private readonly LoopbackNode _node = new(null);

    public IdBench Alice { get; } = new();

    public IdBench Bob { get; } = new();

    public string At => _node.Address.ToString();

    /// <summary>Makes both identities.</summary>
    public async Task<(JsonElement Alice, JsonElement Bob)> MakeAsync() => (await Alice.NewAsync("messenger", "--words", "12"), await Bob.NewAsync("fast", "--words", "12"));

    /// <summary>Runs a command that asks the node.</summary>
    public Task<IdResult> RunAsync(IdBench who, params string[] arguments) => who.RunAsync([.. arguments, "-b", At, "--timeout", "60"]);

    /// <summary>Runs a command that asks the node and must succeed.</summary>
    public async Task<IdResult> SucceedAsync(IdBench who, params string[] arguments)
    {
        IdResult result = await RunAsync(who, arguments);
        Assert.True(result.Code == ExitCode.Ok, $"{string.Join(' ', arguments)}: {result}");
        return result;
    }

    /// <summary>Runs a command that must end with a code and say something on the error output only.</summary>
    public async Task<string> FailAsync(int code, IdBench who, params string[] arguments)
    {
        IdResult result = await RunAsync(who, arguments);
        Assert.True(result.Code == code, $"{string.Join(' ', arguments)}: {result}");
        Assert.Empty(result.Output);
        Assert.NotEmpty(result.Error);
        return result.Error;
    }

    public void Dispose()
    {
        _node.Dispose();
        Alice.Dispose();
        Bob.Dispose();
    }
}
