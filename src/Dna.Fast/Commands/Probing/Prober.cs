using System.Diagnostics;
using System.Globalization;
using Dna.Fast.Client;
using Dna.Fast.Kademlia;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands.Probing;

/// <summary>Puts canaries through nodes and reads them through others, each time as a newcomer that knows this one node.</summary>
/// <param name="deadline">For each step.</param>
internal sealed class Prober(uint network, TimeSpan deadline, CancellationToken cancellation) : IDisposable
{
    /// <summary>Nodes asked at a time: each takes a session with a socket and a thread.</summary>
    private const int AtATime = 8;

    /// <summary>A get that finds nothing is asked again: tables of a network that forms do not agree on who is nearest.</summary>
    private const int GetsMax = 3;

    private static readonly TimeSpan BetweenGets = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turns = new(AtATime);

    /// <param name="type">How long nodes keep it; see <see cref="ValueTypeText"/>.</param>
    public Task<ProbeStep> PutAsync(HostPort node, Canary canary, ushort type) => StepAsync("put", node, canary, async session =>
    {
        PutAnswer answer = await session.Dht.PutAsync(canary.Key, canary.Pack(type), deadline, cancellation).ConfigureAwait(false);
        string? problem = answer.Status switch
        {
            PutAnswerStatus.Acknowledged => null,
            PutAnswerStatus.Unreachable => "the node does not answer",
            PutAnswerStatus.TimedOut => session.HasHeardAnybody ? "no acknowledgement in time" : "the node does not answer in time",
            _ => string.Create(CultureInfo.InvariantCulture, $"none of {answer.Asked} nodes acknowledged the value"),
        };
        return (problem, IsUnreachable: problem is not null && !session.HasHeardAnybody, answer.Acknowledged);
    });

    public Task<ProbeStep> GetAsync(HostPort node, Canary canary) => StepAsync("get", node, canary, async session =>
    {
        for (int attempt = 1; ; attempt++)
        {
            GetAnswer answer = await session.Dht.GetAllAsync(canary.Key, default, deadline, cancellation).ConfigureAwait(false);
            if (answer.Values.Any(value => canary.IsIn(value.Packed.Span))) return (null, false, answer.Answered);
            if (answer.Status == GetAnswerStatus.Absent && attempt < GetsMax)
            {
                await Task.Delay(BetweenGets, cancellation).ConfigureAwait(false);
                continue;
            }

            string problem = answer.Status switch
            {
                GetAnswerStatus.Found => "another value lies in its place",
                GetAnswerStatus.Absent => string.Create(CultureInfo.InvariantCulture, $"the value put through {canary.Through} is not found ({answer.Answered} nodes answered)"),
                GetAnswerStatus.Unreachable => "the node does not answer",
                _ => session.HasHeardAnybody ? "no answer in time" : "the node does not answer in time",
            };
            return (problem, !session.HasHeardAnybody, answer.Answered);
        }
    });

    public void Dispose() => _turns.Dispose();

    private async Task<ProbeStep> StepAsync(string name, HostPort node, Canary canary, Func<ClientSession, Task<(string? Problem, bool IsUnreachable, int Nodes)>> act)
    {
        await _turns.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            using TextWriter said = TextWriter.Synchronized(new StringWriter(CultureInfo.InvariantCulture));
            long start = Stopwatch.GetTimestamp();
            (ClientSession? session, int _) = await ClientSession.OpenAsync(node, network, said, cancellation).ConfigureAwait(false);
            if (session is null) return new ProbeStep(name, node.Text, canary, said.ToString()!.Replace("dna: ", "", StringComparison.Ordinal).Trim(), true, 0, 0);
            using (session)
            {
                (string? problem, bool isUnreachable, int nodes) = await act(session).ConfigureAwait(false);
                return new ProbeStep(name, node.Text, canary, problem, isUnreachable, nodes, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
        finally
        {
            _turns.Release();
        }
    }
}
