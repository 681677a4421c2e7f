using CsCheck;
using Dna.Fast.Settings;
using Dna.Fast.Settings.Keys;
using Dna.Fast.Settings.Sources;

namespace Dna.Fast.Tests.Config;

public sealed class TomlDocumentTests
{
    [Theory]
    // Keys and sections.
    [InlineData("[network]\nprot = 5", 2, 1, "network.prot: there is no such key; did you mean network.port?")]
    [InlineData("[netwrk]\nport = 5", 1, 2, "netwrk: there is no such section; did you mean [network]?")]
    [InlineData("port = 5", 1, 1, "port: there is no such key; did you mean network.port?")]
    [InlineData("[node]\nport = 5", 2, 1, "node.port: there is no such key; did you mean network.port?")]
    [InlineData("[store]\nstore_limit = 5", 2, 1, "store.store_limit: there is no such key; did you mean store.limit?")]
    [InlineData("[network]\nnonsense_without_a_neighbour = 5", 2, 1, "network.nonsense_without_a_neighbour: there is no such key")]
    [InlineData("network = 5", 1, 11, "network: expected a section, [network] with its keys below")]
    [InlineData("[[network]]\nport = 5", 1, 3, "network: expected one section [network], not a list of them")]
    [InlineData("[network.port]\nx = 5", 1, 2, "network.port: there is no such section")]
    // Types.
    [InlineData("[network]\nport = \"4000\"", 2, 8, "network.port: expected a port from 0 to 65535, without quotation marks, not a string")]
    [InlineData("[network]\nport = 4000.5", 2, 8, "network.port: expected a port from 0 to 65535, without quotation marks, not a number with a fraction")]
    [InlineData("[network]\npeer_discovery = \"yes\"", 2, 18, "network.peer_discovery: expected true or false, not a string")]
    [InlineData("[network]\nbind = \"::\"", 2, 8, "network.bind: expected a list, in brackets, of strings: addresses such as 192.0.2.1 or ::, not a string")]
    [InlineData("[network]\nbind = [\"::1\",\n  5]", 3, 3, "network.bind: expected a list, in brackets, of strings: addresses such as 192.0.2.1 or ::, not a number among them")]
    [InlineData("[node]\ndata = 5", 2, 8, "node.data: expected a string: a directory, not a number")]
    [InlineData("[node]\ndata = 2026-01-02", 2, 8, "node.data: expected a string: a directory, not a date")]
    [InlineData("[store]\nmemory = [1]", 2, 10, "store.memory: expected a size such as 64MiB, at least 4MiB, not a list")]
    // Values.
    [InlineData("[network]\nport = 65536", 2, 8, "network.port: expected a port from 0 to 65535, not '65536'")]
    [InlineData("[network]\n  port   =   -1", 2, 14, "network.port: expected a port from 0 to 65535, not '-1'")]
    [InlineData("[network]\nid = 4294967296", 2, 6, "network.id: expected a number from 0 to 4294967295, or 0x and hex digits, not '4294967296'")]
    [InlineData("[node]\nworkers = 0", 2, 11, "node.workers: expected a number from 1 to 64, not '0'")]
    [InlineData("[node]\ndata = \"\"", 2, 8, "node.data: expected a directory, not ''")]
    [InlineData("[store]\nmemory = 64", 2, 10, "store.memory: expected a size such as 64MiB, at least 4MiB, not '64'")]
    [InlineData("[store]\nlimit = \"1 Gibi\"", 2, 9, "store.limit: expected a size such as 1GiB, at least 1MiB, not '1 Gibi'")]
    [InlineData("[log]\nlevel = \"loud\"", 2, 9, "log.level: expected trace, debug, info, warn, error or off, not 'loud'")]
    [InlineData("[log]\nformat = \"1\"", 2, 10, "log.format: expected text or json, not '1'")]
    [InlineData("[limits]\nrequests_per_source = -5", 2, 23, "limits.requests_per_source: expected a number of requests from 0 (no limit) to 100000000, not '-5'")]
    // Bootstrap entries, each at its own place.
    [InlineData("[network]\nbootstrap = [\n  \"good.example\",\n  \"256.1.1.1:4000\",\n]", 4, 3, "network.bootstrap: '256.1.1.1:4000' is not HOST, HOST:PORT or [IPV6]:PORT")]
    [InlineData("network.bootstrap = [\"host:port\"]", 1, 22, "network.bootstrap: 'host:port' is not HOST, HOST:PORT or [IPV6]:PORT")]
    [InlineData("network.bootstrap = [\"\"]", 1, 22, "network.bootstrap: '' is not HOST, HOST:PORT or [IPV6]:PORT")]
    [InlineData("limits.blocked = [\"10.0.0.1/8\"]", 1, 19, "limits.blocked: '10.0.0.1/8' is no address such as 192.0.2.7 or network such as 198.51.100.0/24")]
    [InlineData("network.bind = [\"localhost\"]", 1, 17, "network.bind: 'localhost' is no address such as 192.0.2.1 or ::")]
    // TOML itself.
    [InlineData("[network]\nport = ", 2, 8, "this is no TOML: ")]
    [InlineData("[network]\nport 5", 2, 6, "this is no TOML: ")]
    [InlineData("[network", 1, 9, "this is no TOML: ")]
    [InlineData("[network]\nport = 5\nport = 6", 3, 1, "this is no TOML: ")]
    [InlineData("[node]\ndata = \"unfinished\n", 2, 19, "this is no TOML: ")]
    [InlineData("[node]\ndata = bare", 2, 8, "this is no TOML: ")]
    [InlineData("limits.blocked = [\n\"10.0.0.0/8\",\n\"127.0.0.0\\8\"]", 3, 12, "this is no TOML: ")]
    public void Nonsense_is_refused_with_line_and_column_and_what_was_expected(string toml, int line, int column, string message)
    {
        ConfigProblem problem = Assert.Single(Read(toml).Problems);
        Assert.Equal((line, column), (problem.Place.Line, problem.Place.Column));
        Assert.StartsWith($"F:{line}:{column}: {message}", problem.ToString(), StringComparison.Ordinal);
        if (!message.EndsWith(": ", StringComparison.Ordinal)) Assert.Equal($"F:{line}:{column}: {message}", problem.ToString());
    }

    [Fact]
    public void All_problems_come_at_once_in_the_order_of_the_file()
    {
        const string toml = "[network]\nport = 70000\nbootstrap = [\"a..b\", \"good.example\", \"0.0.0.0:1\"]\n[loog]\n[store]\nmemory = = 5\nlimit = \"x\"\n[node]\nworkrs = 3\n";
        Assert.Equal([2, 3, 3, 4, 6, 7, 9], Read(toml).Problems.Select(problem => problem.Place.Line));
    }

    [Theory]
    [InlineData("[network]\nport = 5\n[log]\nlevel = \"warn\"")]
    [InlineData("network.port = 5\nlog.level = 'warn'")]
    [InlineData("network = { port = 5 }\nlog = { level = \"\"\"warn\"\"\" }")]
    [InlineData("\uFEFF[network]\r\n\"port\" = 0x5\r\n[ log ] # comment\r\nlevel = \"w\\u0061rn\"")]
    public void All_ways_to_write_it_in_TOML_are_read(string toml)
    {
        (Configuration configuration, IReadOnlyList<ConfigProblem> problems) = Read(toml);
        Assert.Empty(problems);
        Assert.Equal(5, configuration.Get(NetworkKeys.Port));
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Warning, configuration.Get(LogKeys.Level));
    }

    [Fact]
    public void A_bootstrap_entry_without_a_port_gets_the_default_port()
    {
        Configuration configuration = Read("network.bootstrap = [\"192.0.2.1\", \"2001:db8::1\", \"name.example\"]").Configuration;
        Assert.Equal([HostPort.DefaultPort, HostPort.DefaultPort], configuration.Get(NetworkKeys.Bootstrap).Take(2).Select(entry => entry.Literal.Port));
        Assert.True(configuration.Get(NetworkKeys.Bootstrap)[2].IsName);
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        Assert.Single(Read("a = " + new string('[', 200_000)).Problems);
        Assert.Single(Read("a = " + string.Concat(Enumerable.Repeat("{a=", 50_000))).Problems);
    }

    [Fact]
    public void No_text_makes_it_fail()
    {
        // Pieces of real files in any order, with noise between them: mostly nearly TOML, which is where a reader stumbles.
        string[] words =
        [
            .. ConfigKeys.All.Select(key => key.Name), .. ConfigKeys.All.Select(key => key.Path), "[", "]", "[[", "]]", "=", ".", ",", "{", "}", "\"", "'", "\"\"\"", "'''", "\n", "\r\n", "#", " ", "\\u12", "\\x", "1", "-1", "0x", "1e9", "99999999999999999999", "true",
            "2026-01-02T03:04:05Z", "inf", "[network]\n", "port = 5\n", "bootstrap = [\"a\"]\n", "\0", "\uD800", "\uFEFF", "é", "🦊",
        ];
        Gen<string> pieces = Gen.Int[0, words.Length - 1].Select(i => words[i]).Array[0, 30].Select(string.Concat);
        Gen.OneOf(pieces, Gen.String, Gen.Select(pieces, Gen.String, pieces, (a, b, c) => a + b + c)).Sample(
            toml =>
            {
                (Configuration configuration, IReadOnlyList<ConfigProblem> problems) = Read(toml);
                string effective = EffectiveText.Write(configuration);
                return problems.All(problem => problem.Place.Line >= 1 && problem.Place.Column >= 1 && !problem.ToString().Any(char.IsControl)) && effective.Length > 0;
            },
            iter: 3000);
    }

    internal static (Configuration Configuration, IReadOnlyList<ConfigProblem> Problems) Read(string toml)
    {
        (IReadOnlyList<ConfigEntry> entries, IReadOnlyList<ConfigProblem> inText) = TomlDocument.Read(toml, "F");
        var problems = new List<ConfigProblem>(inText);
        var configuration = Configuration.Resolve(entries, problems, "F");
        return (configuration, [.. problems.OrderBy(problem => problem.Place.Line).ThenBy(problem => problem.Place.Column)]);
    }
}
