using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Text.Json;
using Dna.Fast.Client;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands.Doctoring;

/// <summary>The others: whether they answer, what address they see of ours, and whether any came by itself.</summary>
internal static class PeerDoctor
{
    /// <summary>A node is known to others after its first searches and their rounds: before that, nobody's silence says anything.</summary>
    private const long VisitorSeconds = 15 * 60;

    /// <summary>Bootstrap entries asked: of more, the first.</summary>
    private const int PeersMax = 16;

    public static async Task ExamineAsync(Examination examination, IReadOnlyList<HostPort> peers, TimeSpan deadline, CancellationToken cancellation)
    {
        if (peers.Count == 0 && !examination.IsRunning)
        {
            examination.Warn("peers", "no bootstrap is set: this node starts a network of its own", "Right for the first node of a network; else set network.bootstrap, or ask with --peer HOST:PORT");
            return;
        }

        Answer[] answers = await Task.WhenAll(peers.Take(PeersMax).Select(peer => AskAsync(peer, examination.Settings.Network, deadline, cancellation))).ConfigureAwait(false);
        if (answers.Length > 0) SayPeers(examination, answers);
        SayReachability(examination, answers);
    }

    private sealed record Answer(HostPort Peer, string? Problem, IPAddress? Seen);

    private static async Task<Answer> AskAsync(HostPort peer, uint network, TimeSpan deadline, CancellationToken cancellation)
    {
        using TextWriter said = TextWriter.Synchronized(new StringWriter(CultureInfo.InvariantCulture));
        (ClientSession? session, int _) = await ClientSession.OpenAsync(peer, network, said, cancellation).ConfigureAwait(false);
        if (session is null) return new Answer(peer, said.ToString()!.Replace("dna: ", "", StringComparison.Ordinal).Trim(), null);
        using (session)
        {
            var scene = new ClientScene(session, said, said, cancellation);
            if (await PingCommand.FirstAnswerAsync(scene, deadline).ConfigureAwait(false) is null) return new Answer(peer, "does not answer", null);
            return new Answer(peer, null, await session.ReportedAddressAsync(cancellation).ConfigureAwait(false));
        }
    }

    private static void SayPeers(Examination examination, Answer[] answers)
    {
        const string Fix = "Is UDP to them allowed in both directions, the port right, and network.id theirs? Try: dna ping HOST:PORT";
        string[] silent = [.. answers.Where(answer => answer.Problem is not null).Select(answer => $"{answer.Peer.Text}: {answer.Problem}")];
        if (silent.Length == 0) examination.Ok("peers", string.Create(CultureInfo.InvariantCulture, $"{answers.Length} of {answers.Length} answer"));
        else if (silent.Length < answers.Length) examination.Warn("peers", string.Join("; ", silent), Fix);
        else if (HasContacts(examination)) examination.Warn("peers", string.Join("; ", silent) + "; the node has other contacts", Fix);
        else examination.Fail("peers", string.Join("; ", silent), Fix);
    }

    private static bool HasContacts(Examination examination) =>
        examination.Status is { } status && status.GetProperty("ipv4").GetProperty("good").GetInt32() + status.GetProperty("ipv6").GetProperty("good").GetInt32() > 0;

    private static void SayReachability(Examination examination, Answer[] answers)
    {
        string? seen = answers.FirstOrDefault(answer => answer.Seen is not null)?.Seen?.ToString();
        if (examination.Status is { } running && running.TryGetProperty("reported_address", out JsonElement reported)) seen = reported.GetString();
        if (seen is null || !IPAddress.TryParse(seen, out IPAddress? address))
        {
            examination.Ok("reachability", "no peer said what address it sees of ours");
            return;
        }

        int port = examination.Settings.Port;
        string forward = string.Create(CultureInfo.InvariantCulture, $"Forward UDP port {port} of the router to this machine, and keep the port: a bootstrap node needs a public address");
        bool isOurs = OwnAddresses().Contains(address);
        if (examination.Status is not { } status)
        {
            if (isOurs) examination.Ok("reachability", $"peers see {seen}, an address of this machine");
            else examination.Warn("reachability", $"peers see {seen}, which is no address of this machine: it is behind a translation of addresses", forward);
            return;
        }

        long visits = status.GetProperty("counters").GetProperty("pings_in").GetInt64() + status.GetProperty("counters").GetProperty("finds_in").GetInt64()
            + status.GetProperty("counters").GetProperty("gets_in").GetInt64();
        string visitors = string.Create(CultureInfo.InvariantCulture, $"peers see {seen}{(isOurs ? "" : ", an address of a router")}; {visits} questions came from others");
        if (visits > 0 || !HasContacts(examination) || status.GetProperty("uptime").GetInt64() < VisitorSeconds) examination.Ok("reachability", visitors);
        else
        {
            examination.Fail(
                "reachability", visitors + ", though peers answer us",
                isOurs ? string.Create(CultureInfo.InvariantCulture, $"Open UDP port {port} inwards: in the firewall of this machine and in the provider's") : forward);
        }
    }

    private static HashSet<IPAddress> OwnAddresses()
    {
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(own => own.Address)];
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }
}
