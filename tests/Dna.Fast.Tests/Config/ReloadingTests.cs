using Dna.Fast.Hosting;
using Dna.Fast.Settings;
using Dna.Fast.Settings.Keys;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Tests.Config;

public sealed class ReloadingTests : IDisposable
{
    private readonly ConfigBench _bench = new();
    private readonly StringWriter _log = new();
    private readonly List<string> _taken = [];

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Every_live_key_is_handed_to_somebody_and_no_other() =>
        Assert.Equal(ConfigKeys.All.Where(key => key.IsLive).Select(key => key.Path).Order(), LiveSettings.Keys.Select(key => key.Path).Order());

    [Fact]
    public void What_is_live_is_taken_and_said_and_what_is_not_waits_for_a_restart()
    {
        Reloading reloading = Start("[log]\nlevel = \"info\"\n[network]\nport = 4000\n");
        _bench.Write("[log]\nlevel = \"warn\"\n[network]\nport = 4001\nbootstrap = [\"a.example\"]\n");
        reloading.Reload();
        Assert.Equal(["network.bootstrap log.level"], _taken);
        Assert.Contains("changed network.bootstrap, log.level", _log.ToString(), StringComparison.Ordinal);
        Assert.Contains("network.port will change at the next start only", _log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_taken_is_not_taken_again_and_what_waits_is_said_again()
    {
        Reloading reloading = Start("");
        _bench.Write("log.level = \"warn\"\nnetwork.port = 4001\n");
        reloading.Reload();
        _log.GetStringBuilder().Clear();
        reloading.Reload();
        Assert.Equal(["log.level", ""], _taken);
        Assert.DoesNotContain("changed", _log.ToString(), StringComparison.Ordinal);
        Assert.Contains("network.port will change at the next start only", _log.ToString(), StringComparison.Ordinal);
        _bench.Write("log.level = \"warn\"\n");
        _log.GetStringBuilder().Clear();
        reloading.Reload();
        Assert.Contains("nothing changed", _log.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("next start", _log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_file_changes_nothing_and_is_said_with_line_and_column()
    {
        Reloading reloading = Start("log.level = \"info\"\n");
        _bench.Write("[log]\nlevel = \"warn\"\nfold = 5\n[network]\nport = \"x\"\nprot = 5\n");
        reloading.Reload();
        Assert.Empty(_taken);
        string[] lines = _log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains($"{_bench.File}:5:8: network.port: ", lines[0], StringComparison.Ordinal);
        Assert.Contains($"{_bench.File}:6:1: network.prot: ", lines[1], StringComparison.Ordinal);
        _bench.Write("[log]\nlevel = \"warn\"\nfold = 5\n");
        reloading.Reload();
        Assert.Equal(["log.level log.fold"], _taken);
    }

    [Fact]
    public void What_was_not_taken_to_the_end_is_taken_at_the_next_signal()
    {
        _bench.Write("");
        var log = new Logging.StderrLogger(LogLevel.Information, LogFormat.Text, _log, TimeProvider.System);
        int times = 0;
        var reloading = new Reloading(
            _bench.Inputs, _bench.Get(), (_, keys) =>
            {
                if (times++ == 0) throw new InvalidOperationException("half of it");
                _taken.Add(string.Join(' ', keys));
            },
            log);
        _bench.Write("log.level = \"warn\"\n");
        Assert.Throws<InvalidOperationException>(reloading.Reload);
        reloading.Reload();
        Assert.Equal(["log.level"], _taken);
    }

    [Fact]
    public void A_value_that_is_left_out_again_goes_back_to_its_default()
    {
        Reloading reloading = Start("limits.requests_per_source = 5\n");
        _bench.Write("");
        reloading.Reload();
        Assert.Equal(["limits.requests_per_source"], _taken);
    }

    [Fact]
    public void A_flag_still_counts_over_a_file_that_changed()
    {
        _bench.Say(LogKeys.Level, "error");
        Reloading reloading = Start("log.level = \"info\"\n");
        _bench.Write("log.level = \"warn\"\n");
        reloading.Reload();
        Assert.Equal([""], _taken);
    }

    [Fact]
    public void A_file_that_comes_and_goes_is_looked_for_anew()
    {
        Reloading reloading = Start(null);
        reloading.Reload();
        _bench.Write("log.level = \"warn\"\n");
        reloading.Reload();
        File.Delete(_bench.File);
        reloading.Reload();
        Assert.Equal(["", "log.level", "log.level"], _taken);
    }

    private Reloading Start(string? toml)
    {
        if (toml is not null) _bench.Write(toml);
        var log = new Logging.StderrLogger(LogLevel.Information, LogFormat.Text, _log, TimeProvider.System);
        return new Reloading(_bench.Inputs, _bench.Get(), (_, keys) => _taken.Add(string.Join(' ', keys.Select(key => key.Path))), log);
    }
}
