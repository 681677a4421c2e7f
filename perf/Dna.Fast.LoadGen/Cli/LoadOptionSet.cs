using System.CommandLine;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Cli;

/// <summary>The options of a load command, and how they become <see cref="LoadOptions"/>.</summary>
internal sealed class LoadOptionSet
{
    private readonly string _command;
    private readonly Mix _mix;
    private readonly Argument<string> _target = new("TARGET") { Description = "HOST[:PORT] of the node; the port is 4222 unless given" };
    private readonly Option<int> _sockets = Number("--sockets", 8, 1, 4096, "sockets to send from, each a node of its own");
    private readonly Option<string?> _sources =
        new("--sources") { Description = "local addresses for them, such as 127.0.0.1-127.0.0.8: spreads the load over rate limits and over the node's workers" };
    private readonly Option<int> _threads = Number("--threads", 1, 1, 256, "threads to send from");
    private readonly Option<int> _keys = Number("--keys", 1000, 1, 1_000_000_000, "number of different keys");
    private readonly Option<double> _zipf = new("--zipf")
    {
        Description = "skew of the keys by Zipf's law, such as 0.99; 0: uniform",
        DefaultValueFactory = _ => 0
    };
    private readonly Option<string> _valueBytes =
        new("--value-bytes") { Description = "sizes of the values: 100, or 64,256,1024, or 50-400", DefaultValueFactory = _ => "100" };
    private readonly Option<string> _valueType = new("--value-type")
    {
        Description = "their type, such as 0x1001",
        DefaultValueFactory = _ => "0"
    };
    private readonly Option<int> _inFlight = Number("--in-flight", 128, 1, 1_000_000,
        "closed loop: requests open at once, over all sockets");
    private readonly Option<double> _rate =
        new("--rate") { Description = "open loop: requests per second, whatever the node does; latency counts from when a request was to be sent", DefaultValueFactory = _ => 0 };
    private readonly Option<string> _duration = Duration("--duration", "10s", "how long to measure");
    private readonly Option<string> _warmUp = Duration("--warm-up", "2s", "load before that, not measured");
    private readonly Option<string> _timeout = Duration("--timeout", "1s", "a request without an answer for so long is lost");
    private readonly Option<string> _settle = Duration("--settle", "10s",
        "how long the node may take to learn our sockets as contacts, so that its answers list nodes; 0: do not wait");
    private readonly Option<string> _network = new("--network") { Description = "network id of the node", DefaultValueFactory = _ => "0" };
    private readonly Option<string> _seed = new("--seed")
    {
        Description = "another seed gives other ids, keys and order",
        DefaultValueFactory = _ => "1"
    };
    private readonly Option<int> _near = Number("--near", 1, 1, 60,
        "first bits that keys share with the node's id; in a large network only keys near it are stored: give 16 or more");
    private readonly Option<bool> _client =
        new("--client") { Description = "say that we are clients only: the node answers and does not list us" };
    private readonly Option<bool> _spin =
        new("--spin") { Description = "never sleep: the node does not pay for waking us; takes a whole core per thread" };
    private readonly Option<bool> _noSegments =
        new("--no-segments") { Description = "one send per datagram, even where the kernel could split a batch" };
    private readonly Option<bool> _noPreload =
        new("--no-preload") { Description = "the values are there from an earlier run with the same seed, keys, sizes and type" };
    private readonly Option<bool> _again = new("--again") { Description = "put the loaded values again (a refresh) instead of new ones" };
    private readonly Option<string?> _signed = new("--signed")
    {
        Description = "put values that owners with RSA-4096 signed beforehand; FILE keeps them for the next run; needs --rate",
        HelpName = "FILE",
    };
    private readonly Option<int> _owners = Number("--owners", SignedValues.OwnersDefault, 1, 8_000, "different owners of signed values");
    private readonly Option<string?> _shares =
        new("--mix") { Description = "shares of the queries, such as ping=5,find=30,get=50,put=15 (which is what it is unless given)" };
    private readonly Option<int> _serverPid = Number("--server-pid", 0, 0, int.MaxValue,
        "process of the node, to show its CPU time per reply and its memory");
    private readonly Option<string?> _json = new("--json") { Description = "write the result to this file as JSON" };
    private readonly Option<string?> _html =
        new("--html") { Description = "write a report with plots to this file: one page, nothing else needed" };

    public LoadOptionSet(string command, Mix mix)
    {
        _command = command;
        _mix = mix;
    }

    /// <summary>Adds what this command knows to it.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_target);
        bool listens = _command == "listen";
        List<Option> options = [_sockets, _sources, _keys, _valueBytes, _valueType, _rate, _duration, _timeout, _network, _seed, _near,
            _json, _html, _serverPid, _client];
        if (!listens) options.AddRange([_threads, _zipf, _inFlight, _warmUp, _settle, _spin, _noSegments]);
        if (!listens && (_mix.Has(RequestKind.Get) || _mix.Has(RequestKind.Put))) options.AddRange([_noPreload, _again]);
        if (!listens && _mix.Has(RequestKind.Put)) options.AddRange([_signed, _owners]);
        if (_command == "mixed") options.Add(_shares);
        foreach (Option option in options) command.Options.Add(option);
    }

    public string? Json(ParseResult parsed) => parsed.GetValue(_json);

    public string? Html(ParseResult parsed) => parsed.GetValue(_html);

    /// <summary>Reads the options.</summary>
    /// <exception cref="LoadException">Values that mean nothing, or not together.</exception>
    public LoadOptions Read(ParseResult parsed)
    {
        Mix? mix = _mix;
        if (parsed.GetResult(_shares) != null && !Mix.TryParse(parsed.GetValue(_shares) ?? "", out mix))
        {
            throw Unclear("--mix", parsed.GetValue(_shares), "write ping=5,find=30,get=50,put=15");
        }
        string? sourceText = parsed.GetValue(_sources);
        List<Wire.NodeAddress> sources = [];
        if (sourceText != null && !Parsers.TrySources(sourceText, out sources))
        {
            throw Unclear("--sources", sourceText, "write addresses and ranges, such as 127.0.0.1-127.0.0.8,127.0.1.1");
        }
        if (!Parsers.TrySizes(parsed.GetValue(_valueBytes)!, out List<int> sizes)) throw Unclear("--value-bytes",
            parsed.GetValue(_valueBytes), "write 100, or 64,256,1024, or 50-400; at most 65400");
        int sockets = parsed.GetValue(_sockets);
        return new LoadOptions
        {
            Command = _command,
            Node = Parsers.Target(parsed.GetValue(_target)!),
            Mix = mix!,
            Sockets = sockets,
            SourceAddresses = sources,
            Threads = OrDefault(parsed, _threads, 1),
            Keys = (uint)parsed.GetValue(_keys),
            Skew = NotNegative(parsed, _zipf),
            ValueBytes = sizes,
            ValueType = (ushort)Number(parsed, _valueType, ushort.MaxValue),
            InFlight = Math.Max(sockets, OrDefault(parsed, _inFlight, 128)),
            Rate = NotNegative(parsed, _rate),
            DurationNs = Positive(parsed, _duration),
            WarmUpNs = Time(parsed, _warmUp),
            TimeoutNs = Positive(parsed, _timeout),
            SettleNs = Time(parsed, _settle),
            Network = (uint)Number(parsed, _network, uint.MaxValue),
            Seed = Number(parsed, _seed, ulong.MaxValue),
            NearBits = parsed.GetValue(_near),
            IsClient = parsed.GetValue(_client),
            Spin = parsed.GetValue(_spin),
            Segments = !parsed.GetValue(_noSegments),
            Preload = !parsed.GetValue(_noPreload),
            PutAgain = parsed.GetValue(_again),
            ServerPid = parsed.GetValue(_serverPid),
            SignedFile = Signed(parsed, sizes),
            Owners = OrDefault(parsed, _owners, SignedValues.OwnersDefault),
        };
    }

    /// <summary>How many values have to be signed follows from the rate.</summary>
    private string? Signed(ParseResult parsed, List<int> sizes)
    {
        if (parsed.GetResult(_signed) == null || parsed.GetValue(_signed) is not { } file) return null;
        if (parsed.GetValue(_rate) is not (> 0 and <= 100_000))
            throw LoadException.Usage("--signed without --rate does not tell how many values to sign beforehand", "give --rate 1000");
        if (parsed.GetValue(_again)) throw LoadException.Usage("--signed and --again contradict each other: a value put again is not verified again", "leave one out");
        if (sizes.Count != 1 || sizes[0] < 8) throw LoadException.Usage("--signed takes one size of 8 bytes or more", "give --value-bytes 100");
        return file;
    }

    internal static Option<int> Number(string name, int value, int min, int max, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is int given
                && (given < min || given > max))
            {
                result.AddError($"{name} takes {min} to {max}");
            }
        });
        return option;
    }

    internal static Option<string> Duration(string name, string value, string description) =>
        new(name) { Description = $"{description} (10s, 250ms, 2m)", DefaultValueFactory = _ => value };

    internal static LoadException Unclear(string option, string? value, string advice) =>
        LoadException.Usage($"{option} '{value}' means nothing", advice);

    private static int OrDefault(ParseResult parsed, Option<int> option, int value) => parsed.GetResult(option) == null ? value
        : parsed.GetValue(option);

    private static double NotNegative(ParseResult parsed, Option<double> option)
    {
        double value = parsed.GetValue(option);
        return value >= 0 && double.IsFinite(value) ? value
            : throw Unclear(option.Name, value.ToString(System.Globalization.CultureInfo.InvariantCulture), "give a number from 0 up");
    }

    private static ulong Number(ParseResult parsed, Option<string> option, ulong max) =>
        Parsers.TryNumber(parsed.GetValue(option) ?? "0", max, out ulong value) ? value
            : throw Unclear(option.Name, parsed.GetValue(option), $"give a number up to {max}, decimal or 0x...");

    internal static long Time(ParseResult parsed, Option<string> option) =>
        Parsers.TryDuration(parsed.GetValue(option) ?? "0", out long ns) ? ns
            : throw Unclear(option.Name, parsed.GetValue(option), "write 10s, 250ms or 2m");

    internal static long Positive(ParseResult parsed, Option<string> option)
    {
        long ns = Time(parsed, option);
        return ns > 0 ? ns : throw Unclear(option.Name, parsed.GetValue(option), "give more than 0");
    }
}
