using Dna.Fast.Settings;
using Dna.Fast.Settings.Keys;

namespace Dna.Fast.Tests.Config;

public sealed class PrecedenceTests : IDisposable
{
    private readonly ConfigBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(false, false, false, 4000, "default")]
    [InlineData(true, false, false, 1, "file")]
    [InlineData(true, true, false, 2, "environment")]
    [InlineData(false, true, false, 2, "environment")]
    [InlineData(true, true, true, 3, "flag")]
    [InlineData(true, false, true, 3, "flag")]
    [InlineData(false, false, true, 3, "flag")]
    public void A_flag_counts_over_the_environment_over_the_file_over_the_default(bool file, bool environment, bool flag, int port, string source)
    {
        if (file) _bench.Write("[network]\nport = 1\n");
        if (environment) _bench.Environment["DNA_NETWORK_PORT"] = "2";
        if (flag) _bench.Say(NetworkKeys.Port, "3");
        Configuration configuration = _bench.Get();
        Assert.Equal(port, configuration.Get(NetworkKeys.Port));
        Assert.Equal(source, configuration.SourceOf(NetworkKeys.Port).ToString().ToLowerInvariant());
    }

    [Fact]
    public void A_stronger_source_replaces_a_list_as_a_whole()
    {
        _bench.Write("[network]\nbootstrap = [\"a.example\", \"b.example:5\"]\nbind = []\n");
        Assert.Equal(["a.example", "b.example:5"], _bench.Get().Get(NetworkKeys.Bootstrap).Select(entry => entry.Text));
        _bench.Environment["DNA_NETWORK_BOOTSTRAP"] = "c.example, [2001:db8::1]:7\td.example";
        Assert.Equal(["c.example", "[2001:db8::1]:7", "d.example"], _bench.Get().Get(NetworkKeys.Bootstrap).Select(entry => entry.Text));
    }

    [Fact]
    public void Nonsense_is_a_problem_also_where_something_stronger_counts()
    {
        _bench.Write("[network]\nport = 70000\n").Say(NetworkKeys.Port, "3");
        ConfigProblem problem = Assert.Single(_bench.Load().Problems);
        Assert.Equal((2, 8), (problem.Place.Line, problem.Place.Column));
    }

    [Fact]
    public void An_empty_variable_says_nothing()
    {
        _bench.Environment["DNA_NETWORK_PORT"] = "";
        Assert.Equal(4000, _bench.Get().Get(NetworkKeys.Port));
    }

    [Fact]
    public void A_mistyped_variable_is_a_problem_and_a_strangers_is_left_alone()
    {
        _bench.Environment["DNA_NETWORK_PROT"] = "5";
        _bench.Environment["DNA_NETWORK_SERVICE_HOST"] = "10.0.0.1";
        _bench.Environment["DNA_SIM_SEED"] = "1";
        ConfigProblem problem = Assert.Single(_bench.Load().Problems);
        Assert.Equal("DNA_NETWORK_PROT", problem.Place.ToString());
        Assert.Equal("DNA_NETWORK_PORT", problem.Suggestion);
    }

    [Fact]
    public void A_wrong_variable_is_a_problem_with_its_name()
    {
        _bench.Environment["DNA_STORE_MEMORY"] = "much";
        Assert.Equal("DNA_STORE_MEMORY: store.memory: expected a size such as 64MiB, at least 4MiB, not 'much'", Assert.Single(_bench.Load().Problems).ToString());
    }

    [Fact]
    public void The_file_is_the_flags_else_the_variables_else_the_default_one_if_it_is_there()
    {
        string other = _bench.File + ".other", third = _bench.File + ".third";
        File.WriteAllText(other, "network.port = 7\n");
        File.WriteAllText(third, "network.port = 8\n");
        Assert.Null(_bench.Get().File);
        _bench.Write("network.port = 6\n");
        Assert.Equal((_bench.File, 6), Loaded(null));
        _bench.Environment["DNA_CONFIG"] = other;
        Assert.Equal((other, 7), Loaded(null));
        Assert.Equal((third, 8), Loaded(third));

        (string?, int) Loaded(string? file)
        {
            LoadedConfig loaded = ConfigLoader.Load(new ConfigInputs { File = file, Environment = _bench.Environment, DefaultFile = _bench.File });
            Assert.Empty(loaded.Problems);
            return (loaded.Configuration.File, loaded.Configuration.Get(NetworkKeys.Port));
        }
    }

    [Fact]
    public void A_named_file_that_is_not_there_is_a_problem()
    {
        ConfigProblem problem = Assert.Single(ConfigLoader.Load(new ConfigInputs { File = _bench.File }).Problems);
        Assert.Equal(_bench.File, problem.Place.ToString());
    }
}
