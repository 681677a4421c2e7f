using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;
using Microsoft.AspNetCore.Http;

namespace Dna.Fast.Proxy;

/// <summary>Gets and listens: answers of one value object a line.</summary>
/// <param name="end">Cancelled when the node ends: streams end then.</param>
internal sealed class ProxyReads(Node node, IDht dht, ProxyGate gate, ProxyFigures figures, TimeProvider time, CancellationToken end)
{
    /// <summary>A get ends by itself within seconds; one that does not is given up.</summary>
    private static readonly TimeSpan GetTimeout = TimeSpan.FromSeconds(30);

    private readonly StreamBudget _budget = new();
    private readonly SourceQuota _listens = new();

    /// <summary>Values as they are found; ends when the get is done. Without any: 200, 502 when no node answered, 504 when it was not done in time.</summary>
    public async Task GetAsync(HttpContext context, InfoHash key)
    {
        figures.Add(ProxyCounter.RequestGet);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, end);
        ending.CancelAfter(GetTimeout);
        var lines = new LineStream(context, figures, _budget, LineStream.AnswerBytesMax, time);
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = new TaskCompletionSource<GetOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var own = new HashSet<InfoHash>();
        // The get keeps what it found until it ends, to give each value once.
        using var kept = new BudgetShare(_budget);
        IOperation operation = node.Get(key, default, Found, outcome =>
        {
            lines.Complete();
            done.TrySetResult(outcome);
        });
        try
        {
            await Task.WhenAny(first.Task, done.Task).WaitAsync(ending.Token).ConfigureAwait(false);
            if (!first.Task.IsCompleted && !(await done.Task.ConfigureAwait(false)).Reachable && !IsAlone())
            {
                await RefuseAsync(context, StatusCodes.Status502BadGateway, "no node answered").ConfigureAwait(false);
                return;
            }

            await lines.SendAsync(ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            if (!context.Response.HasStarted) await RefuseAsync(context, StatusCodes.Status504GatewayTimeout, "the network did not answer in time").ConfigureAwait(false);
            else context.Abort();
        }
        finally
        {
            operation.Cancel();
        }

        bool Found(FoundValue value)
        {
            // One of our own store comes again when a node has it too.
            var hash = InfoHash.Of(value.Packed.Span);
            if (!value.From.IsValid) own.Add(hash);
            else if (own.Contains(hash)) return true;
            if (ValueObject.Write(value.Packed.Span) is not { } line) return true;
            bool goesOn = kept.TryAdd(value.Packed.Length) ? lines.Add(line) : lines.CutOff(ProxyCounter.StreamFull);
            first.TrySetResult();
            return goesOn;
        }
    }

    /// <summary>What is stored now, and every change from then on, until the client leaves.</summary>
    public async Task ListenAsync(HttpContext context, InfoHash key)
    {
        figures.Add(ProxyCounter.RequestListen);
        SourcePrefix source = ProxyGate.SourceOf(context);
        QuotaVerdict verdict = _listens.Take(source, gate.Limits.Listens, gate.Limits.ListensPerSource);
        if (verdict != QuotaVerdict.Taken)
        {
            figures.Add(verdict == QuotaVerdict.Full ? ProxyCounter.RefusedListens : ProxyCounter.RefusedListensSource);
            int status = verdict == QuotaVerdict.Full ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status429TooManyRequests;
            await ProxyAnswer.RefuseAsync(context, status, "too many listen streams").ConfigureAwait(false);
            return;
        }

        figures.Listens = _listens.All;
        try
        {
            await StreamAsync(context, key).ConfigureAwait(false);
        }
        finally
        {
            _listens.Give(source);
            figures.Listens = _listens.All;
        }
    }

    private async Task StreamAsync(HttpContext context, InfoHash key)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, end);
        var lines = new LineStream(context, figures, _budget, LineStream.EndlessBytesMax, time);
        Task hearing = HearAsync(key, lines, ending.Token);
        try
        {
            await lines.SendAsync(ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The client left, or the node ends.
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await hearing.ConfigureAwait(false);
            if (lines.IsWhole) figures.Add(ProxyCounter.StreamDone);
        }
    }

    private async Task HearAsync(InfoHash key, LineStream lines, CancellationToken cancellation)
    {
        try
        {
            await foreach (ListenEvent change in dht.ListenAsync(key, default, cancellation).ConfigureAwait(false))
            {
                // Stock does not tell that a value lives longer.
                if (change.Change == ValueChange.Refreshed) continue;
                if (ValueObject.Write(change.Packed.Span, change.Change == ValueChange.Gone) is { } line && !lines.Add(line)) return;
            }
        }
        catch (OperationCanceledException)
        {
            // The stream ended.
        }
        catch (ListenOverflowException)
        {
            lines.CutOff(ProxyCounter.StreamFull);
        }
    }

    // The first node of a network answers for itself.
    private bool IsAlone() => node.Status is { V4: { Good: 0, Dubious: 0 }, V6: { Good: 0, Dubious: 0 } } && node.Context.Options is { Bootstrap.Count: 0, KnownNodes.Count: 0 };

    private Task RefuseAsync(HttpContext context, int status, string why)
    {
        figures.Add(ProxyCounter.RefusedNetwork);
        return ProxyAnswer.RefuseAsync(context, status, why);
    }
}
