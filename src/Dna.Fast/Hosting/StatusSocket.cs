using System.Net.Sockets;
using System.Text;
using Dna.Fast.Logging;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Hosting;

/// <summary>The Unix socket in the data directory: whoever connects may send one line with a question, and gets one JSON object and the end.</summary>
/// <remarks>A question of <see cref="ISocketStreams"/> begins a conversation instead, beside the others, which ends when its work does. No line within <see cref="QuestionTimeout"/>, an empty or an unknown one asks for the status. Only its owner can connect: the file has mode 0600 from its birth (umask) and the directory 0700. One caller at a time; a slow one is left alone after two seconds.</remarks>
internal sealed class StatusSocket : IAsyncDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Our own commands send their line with the connection; a person with socat sends none and need not wait long.</summary>
    private static readonly TimeSpan QuestionTimeout = TimeSpan.FromMilliseconds(500);

    /// <summary>Conversations at once: some exports and somebody who drains.</summary>
    private const int TalksMax = 8;

    /// <summary>Longest line read.</summary>
    private const int QuestionBytesMax = 64;

    private readonly Socket _socket;
    private readonly string _path;
    private readonly Func<string, byte[]> _report;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _end = new();
    private readonly ISocketStreams? _streams;
    private readonly List<Task> _talks = [];
    private readonly Task _serving;

    private StatusSocket(Socket socket, string path, Func<string, byte[]> report, ISocketStreams? streams, ILogger log)
    {
        _socket = socket;
        _streams = streams;
        _path = path;
        _report = report;
        _log = log;
        _serving = ServeAsync();
    }

    /// <summary>Opens the socket. The caller owns the data directory, so a file of that name is left over from a process that is gone.</summary>
    /// <param name="report">Answers a question, without its end of line.</param>
    /// <returns>Null when the system refuses, which is logged: a node serves without it.</returns>
    /// <param name="streams">Conversations; null: none.</param>
    public static StatusSocket? Open(string path, Func<string, byte[]> report, ILogger log, ISocketStreams? streams = null)
    {
        Socket? socket = null;
        try
        {
            File.Delete(path);
            socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Listen();
            return new StatusSocket(socket, path, report, streams, log);
        }
        catch (Exception failure) when (failure is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // ArgumentException: the path is longer than the 108 bytes such an address holds.
            socket?.Dispose();
            log.NoStatusSocket(failure.Message);
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        await _serving.ConfigureAwait(false);
        await Task.WhenAll(_talks).ConfigureAwait(false);
        _end.Dispose();
        try
        {
            File.Delete(_path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next start deletes it.
        }
    }

    private async Task ServeAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            Socket? caller = null;
            try
            {
                caller = await _socket.AcceptAsync(_end.Token).ConfigureAwait(false);
                using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
                timeout.CancelAfter(AnswerTimeout);
                string question = await ReadQuestionAsync(caller, timeout.Token).ConfigureAwait(false);
                _talks.RemoveAll(talk => talk.IsCompleted);
                if (_streams?.Find(question) is { } talk && _talks.Count < TalksMax)
                {
                    _talks.Add(TalkAsync(caller, talk));
                    caller = null;
                    continue;
                }

                await SendAsync(caller, _report(question), timeout.Token).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The caller went away, was too slow, or we end.
            }
            catch (Exception failure) when (!_end.IsCancellationRequested)
            {
                _log.BackgroundFailed(failure);
            }
            finally
            {
                caller?.Dispose();
            }
        }
    }

    private async Task TalkAsync(Socket caller, Func<Stream, CancellationToken, Task> talk)
    {
        await Task.Yield();
        try
        {
            using var stream = new NetworkStream(caller, ownsSocket: true);
            await talk(stream, _end.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The caller went away, or we end.
        }
        catch (Exception failure)
        {
            _log.BackgroundFailed(failure);
        }
    }

    private static async Task<string> ReadQuestionAsync(Socket caller, CancellationToken cancellation)
    {
        byte[] line = new byte[QuestionBytesMax];
        int length = 0;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(QuestionTimeout);
        try
        {
            while (length < line.Length && line.AsSpan(0, length).IndexOf((byte)'\n') < 0)
            {
                int read = await caller.ReceiveAsync(line.AsMemory(length), SocketFlags.None, timeout.Token).ConfigureAwait(false);
                if (read == 0) break;
                length += read;
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // No question is a question too.
        }

        return Encoding.UTF8.GetString(line, 0, length).Trim();
    }

    private static async Task SendAsync(Socket caller, ReadOnlyMemory<byte> answer, CancellationToken cancellation)
    {
        while (!answer.IsEmpty) answer = answer[await caller.SendAsync(answer, SocketFlags.None, cancellation).ConfigureAwait(false)..];
        caller.Shutdown(SocketShutdown.Both);
    }
}
