using System.Buffers;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace Dna.Fast.Proxy;

/// <summary>A chunked answer, line by line. Who adds never waits for who reads: a client that falls behind is cut off.</summary>
/// <remarks>Lines are added by any thread, one at a time; one task sends them.</remarks>
/// <param name="waitingBytesMax">Bytes the client may be behind.</param>
/// <param name="time">Its monotonic clock.</param>
internal sealed class LineStream(HttpContext context, ProxyFigures figures, StreamBudget budget, long waitingBytesMax, TimeProvider time)
{
    /// <summary>For a stream without an end: a dozen of the largest values, or a thousand common ones.</summary>
    public const long EndlessBytesMax = 2 << 20;

    /// <summary>For an answer with an end, which comes in one piece when it is our own store's: tens of thousands of common values.</summary>
    public const long AnswerBytesMax = 16 << 20;

    /// <summary>A client that takes nothing for so long is slow and not gone; after a second more the server closes its connection.</summary>
    private static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(4);

    /// <summary>Bytes between two flushes.</summary>
    private const int FlushBytes = 64 * 1024;

    private readonly Channel<byte[]> _lines = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private long _waiting;
    private long _flushing;

    /// <summary>False: it was cut off, and the client sees a broken stream, not an end.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>Adds a line.</summary>
    /// <returns>False when the stream is cut off.</returns>
    public bool Add(byte[] line)
    {
        if (!IsWhole) return false;
        if (Interlocked.Add(ref _waiting, line.Length) > waitingBytesMax) return CutOff(ProxyCounter.StreamSlow, line.Length);
        if (!budget.TryAdd(line.Length)) return CutOff(ProxyCounter.StreamFull, line.Length);
        if (!_lines.Writer.TryWrite(line))
        {
            Give(line.Length);
            return false;
        }

        figures.Add(ProxyCounter.ValueOut);
        return true;
    }

    /// <summary>What was added is sent, and then the answer ends.</summary>
    public void Complete() => _lines.Writer.TryComplete();

    /// <summary>Cuts the client off: what it should have been told is lost.</summary>
    public bool CutOff(ProxyCounter reason, int notTaken = 0)
    {
        Interlocked.Add(ref _waiting, -notTaken);
        IsWhole = false;
        figures.Add(reason);
        _lines.Writer.TryComplete();
        context.Abort();
        return false;
    }

    /// <summary>Begins the answer and sends until <see cref="Complete"/>.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, or the client is gone.</exception>
    public async Task SendAsync(CancellationToken cancellation)
    {
        try
        {
            context.Response.ContentType = ProxyAnswer.Json;
            await context.Response.StartAsync(cancellation).ConfigureAwait(false);
            // The head goes out at once: who listens may hear nothing else for hours.
            await context.Response.BodyWriter.FlushAsync(cancellation).ConfigureAwait(false);
            while (await _lines.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false)) await SendSomeAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception) when (IsWhole && _flushing != 0 && time.GetElapsedTime(_flushing) >= StuckAfter)
        {
            CutOff(ProxyCounter.StreamSlow);
            throw;
        }
        finally
        {
            _lines.Writer.TryComplete();
            while (_lines.Reader.TryRead(out byte[]? line)) Give(line.Length);
        }
    }

    private async Task SendSomeAsync(CancellationToken cancellation)
    {
        int bytes = 0;
        try
        {
            while (bytes < FlushBytes && _lines.Reader.TryRead(out byte[]? line))
            {
                bytes += line.Length;
                context.Response.BodyWriter.Write(line);
            }

            _flushing = time.GetTimestamp();
            if ((await context.Response.BodyWriter.FlushAsync(cancellation).ConfigureAwait(false)).IsCompleted) throw new OperationCanceledException("The client is gone.");
            _flushing = 0;
        }
        finally
        {
            Give(bytes);
        }
    }

    private void Give(int bytes)
    {
        Interlocked.Add(ref _waiting, -bytes);
        budget.TryAdd(-bytes);
    }
}
