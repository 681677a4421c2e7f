using Dna.Fast.Hosting;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Metrics;

/// <summary>How the node's counters are named as metrics. The names are a contract with whoever watches: tools/deploy/METRICS.md lists them, and a test compares.</summary>
/// <param name="Name">Ends with <c>_total</c>.</param>
/// <param name="Label">The label that tells the members apart; null for a family of one.</param>
/// <param name="Members">A counter and the label's value.</param>
internal sealed record CounterFamily(string Name, string Help, string? Label, IReadOnlyList<(Counter Counter, string Value)> Members)
{
    private const string Drop = "Drop";

    /// <summary>Every counter is in exactly one family. A drop that is added to <see cref="Counter"/> is in its family by its name.</summary>
    public static IReadOnlyList<CounterFamily> All { get; } =
    [
        new("dna_datagrams_total", "UDP datagrams.", "direction", [(Counter.DatagramsIn, "in"), (Counter.DatagramsOut, "out")]),
        new("dna_datagram_bytes_total", "Bytes of UDP payload.", "direction", [(Counter.BytesIn, "in"), (Counter.BytesOut, "out")]),
        new("dna_datagrams_joined_total", "Datagrams out that left in one message with others.", null, [(Counter.DatagramsOutJoined, "")]),
        new("dna_queries_total", "Queries answered, by kind.", "kind", [
            (Counter.PingsIn, "ping"), (Counter.FindsIn, "find"), (Counter.GetsIn, "get"), (Counter.PutsIn, "put"),
            (Counter.RefreshesIn, "refresh"), (Counter.ListensIn, "listen"), (Counter.UpdatesIn, "update")]),
        new("dna_answers_in_total", "Answers of others, by kind.", "kind", [(Counter.RepliesIn, "reply"), (Counter.ErrorsIn, "error"), (Counter.FragmentsIn, "fragment")]),
        new("dna_dropped_total", "Datagrams and work dropped, by reason.", "reason", Named(Drop)),
        new("dna_answers_cut_total", "Answers of ours cut short at a bound.", "kind", [(Counter.GetsCut, "get"), (Counter.ListensCut, "listen"), (Counter.GetsSoft, "soft")]),
        new("dna_errors_out_total", "Errors sent, by reason.", "reason", Named("Error", Counter.ErrorsIn)),
        new("dna_puts_total", "Values put here, by what became of them.", "result", [.. Named("Put", Counter.PutsIn, Counter.PutValueMalformed), (Counter.PutValueMalformed, "malformed")]),
        new("dna_signatures_total", "Signatures looked at.", "how", [(Counter.SignaturesVerified, "verified"), (Counter.VerdictsRemembered, "remembered")]),
        new("dna_requests_total", "Requests of our own.", null, [(Counter.RequestsOut, "")]),
        new("dna_requests_retried_total", "Requests of our own sent again.", null, [(Counter.RequestsRetried, "")]),
        new("dna_requests_ended_total", "Requests of our own that ended, by how.", "result",
            [(Counter.RequestsAnswered, "answered"), (Counter.RequestsExpired, "expired"), (Counter.RequestsRefused, "refused")]),
        new("dna_updates_out_total", "Updates pushed to listeners.", null, [(Counter.UpdatesOut, "")]),
        new("dna_peers_blacklisted_total", "Addresses put on the blacklist.", null, [(Counter.PeersBlacklisted, "")]),
        new("dna_named_not_public_total", "Addresses that others named and that are not contacted, as they are not public.", null, [(Counter.NamedNotPublic, "")]),
        new("dna_searches_expired_total", "Searches that found nobody to ask any more.", null, [(Counter.SearchesExpired, "")]),
        new("dna_handler_failures_total", "Exceptions out of packet handlers: errors of the program.", null, [(Counter.HandlerFailures, "")]),
    ];

    private static List<(Counter Counter, string Value)> Named(string prefix, params Counter[] others) =>
        [.. Enum.GetValues<Counter>().Where(counter => counter.ToString().StartsWith(prefix, StringComparison.Ordinal) && !others.Contains(counter))
            .Select(counter => (counter, StatusReport.SnakeCase(counter.ToString()[prefix.Length..])))];
}
