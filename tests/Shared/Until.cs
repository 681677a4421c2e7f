namespace Dna.Fast.Tests.Shared;

/// <summary>Waiting for something that will be true, and not for a time.</summary>
internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <exception cref="OperationCanceledException">A minute was not enough.</exception>
    public static async Task TrueAsync(Func<bool> isSo)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(Look);
        while (!isSo()) await timer.WaitForNextTickAsync(deadline.Token);
    }
}
