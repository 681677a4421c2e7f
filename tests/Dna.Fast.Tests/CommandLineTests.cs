using System.CommandLine;
using Dna.Fast.Commands;
using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Settings;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void A_node_without_options_has_the_documented_defaults()
    {
        RunSettings settings = Run();
        Assert.Equal(4000, settings.Port);
        Assert.Empty(settings.Bind);
        Assert.Empty(settings.Bootstrap);
        Assert.Equal(0U, settings.Network);
        Assert.Equal(64L << 20, settings.MemoryBytes);
        Assert.Equal(1L << 30, settings.StoreBytes);
        Assert.Equal(RateLimits.Stock, settings.RateLimits);
        Assert.InRange(settings.Workers, 1, 4);
        Assert.Equal(LogLevel.Information, settings.LogLevel);
        Assert.Equal(LogFormat.Text, settings.LogFormat);
        Assert.Equal(TimeSpan.Zero, settings.StatisticsInterval);
        Assert.Equal(DefaultDirectory.Path, settings.DataDirectory);
    }

    [Fact]
    public void Every_option_of_a_node_is_read()
    {
        RunSettings settings = Run(
            "--port", "0", "--bind", "127.0.0.1", "::1", "--bind", "192.0.2.1", "--data", "d", "--bootstrap", "a.example", "-b", "192.0.2.9:1",
            "--network", "0x10", "--memory", "128MiB", "--store-limit", "2G", "--rate-limit", "10,5", "--workers", "3", "--log-level", "warn",
            "--log-format", "json", "--stats-interval", "60");
        Assert.Equal(0, settings.Port);
        Assert.Equal(3, settings.Bind.Count);
        Assert.Equal(["a.example", "192.0.2.9:1"], settings.Bootstrap.Select(entry => entry.Text));
        Assert.Equal(16U, settings.Network);
        Assert.Equal(128L << 20, settings.MemoryBytes);
        Assert.Equal(2_000_000_000, settings.StoreBytes);
        Assert.Equal(new RateLimits(10, 5), settings.RateLimits);
        Assert.Equal(3, settings.Workers);
        Assert.Equal(LogLevel.Warning, settings.LogLevel);
        Assert.Equal(LogFormat.Json, settings.LogFormat);
        Assert.Equal(TimeSpan.FromMinutes(1), settings.StatisticsInterval);
        Assert.Equal("d", settings.DataDirectory);
    }

    [Fact]
    public void A_value_that_looks_like_a_response_file_is_a_value()
    {
        ParseResult result = CommandLineRoot.Create().Parse(["put", "key", "@value"], new ParserConfiguration { ResponseFileTokenReplacer = null });
        Assert.Empty(result.Errors);
    }

    [Theory]
    [InlineData("run", "--port", "x")]
    [InlineData("run", "--port")]
    [InlineData("run", "--workers", "0")]
    [InlineData("run", "--stats-interval", "-1")]
    [InlineData("run", "--network", "4294967296")]
    [InlineData("run", "--bind", "192.0.2.1:5")]
    [InlineData("run", "extra")]
    [InlineData("get", "key", "--timeout", "0")]
    [InlineData("get", "key", "-b", "host:0")]
    [InlineData("listen")]
    public async Task Wrong_command_lines_end_with_2_and_say_so_on_the_error_output(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(ExitCode.Usage, await CommandLineRoot.InvokeAsync(arguments, output, error));
        Assert.Empty(output.ToString());
        Assert.Contains($"dna {arguments[0]} --help", error.ToString(), StringComparison.Ordinal);
    }

    private static RunSettings Run(params string[] options)
    {
        ParseResult result = CommandLineRoot.Create().Parse(["run", .. options]);
        Assert.Empty(result.Errors);
        LoadedConfig loaded = ConfigLoader.Load(ConfigOptions.Read(result, new Dictionary<string, string>()) with { DefaultFile = "/nonexistent/dna.toml" });
        Assert.Empty(loaded.Problems);
        return RunSettings.Of(loaded.Configuration);
    }
}
