using System.Globalization;

namespace Dna.Fast.Client;

/// <summary>Whether a process of this machine is still there, told by its number and the time it began: numbers are used again.</summary>
internal sealed class ProcessWatch
{
    /// <summary>The field of <c>/proc/N/stat</c> behind the name in brackets that says when it began (proc(5): field 22).</summary>
    private const int StartField = 19;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly int _id;
    private readonly string? _start;

    public ProcessWatch(int id)
    {
        _id = id;
        _start = StartOf(id);
    }

    /// <summary>Waits until it is gone. A process that is not seen from here (another namespace) counts as gone.</summary>
    /// <returns>False when the time was over first.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<bool> IsGoneAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        using var timer = new PeriodicTimer(Look);
        while (_start is not null && StartOf(_id) == _start)
        {
            try
            {
                await timer.WaitForNextTickAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return false;
            }
        }

        return true;
    }

    // A name may have brackets and spaces of its own: what counts is behind the last one. A zombie is gone: it only waits for its parent.
    private static string? StartOf(int id)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : fields[StartField];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            return null;
        }
    }
}
