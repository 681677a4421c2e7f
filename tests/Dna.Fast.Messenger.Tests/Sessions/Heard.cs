using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Sessions;

public sealed partial class ReceiveTests
{
    private static async Task<List<ReceivedMessage>> ToListAsync(IAsyncEnumerable<ReceivedMessage> messages)
    {
        List<ReceivedMessage> all = [];
        await foreach (ReceivedMessage message in messages) all.Add(message);
        return all;
    }

    private sealed class Leaving(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }

    /// <summary>Collects what a session receives.</summary>
    private sealed class Heard : IAsyncDisposable
    {
        private readonly FakeTimeProvider _time;
        private readonly CancellationTokenSource _ended = new();
        private readonly ConcurrentQueue<ReceivedMessage> _messages = new();

        public Heard(MessengerSession session, FakeTimeProvider time, ReceiveOptions options)
        {
            _time = time;
            Ended = RunAsync(session, options);
        }

        public Task Ended { get; }

        public ReceivedMessage[] Messages => [.. _messages];

        public string[] Texts => [.. _messages.Select(message => Encoding.UTF8.GetString(message.Text.Span).TrimEnd('\0').Trim())];

        public async Task CountIsAsync(int count)
        {
            // A reader that meets a writer at work looks again a little later.
            await UntilAsync(() =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(20));
                return _messages.Count >= count;
            });
            Assert.Equal(count, _messages.Count);
        }

        public async ValueTask DisposeAsync()
        {
            await _ended.CancelAsync();
            // What is being kept waits for its turn at the files, and a turn that another has is looked for a little later.
            await UntilAsync(() =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(20));
                return Ended.IsCompleted;
            });
            await Ended;
        }

        private async Task RunAsync(MessengerSession session, ReceiveOptions options)
        {
            try
            {
                await foreach (ReceivedMessage message in session.ReceiveAsync(options, _ended.Token)) _messages.Enqueue(message);
            }
            catch (OperationCanceledException)
            {
                // Disposed.
            }
        }
    }
}
