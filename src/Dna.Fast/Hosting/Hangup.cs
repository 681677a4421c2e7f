using System.Runtime.InteropServices;

namespace Dna.Fast.Hosting;

/// <summary>SIGHUP: "read the configuration anew", or "the terminal is gone", which ends a node that ran in one.</summary>
/// <remarks>The signal does nothing else from the constructor on until the process is gone: one that comes while the node starts or leaves must not end it.</remarks>
internal sealed class Hangup : IDisposable
{
    /// <summary>Standard input, output and error.</summary>
    private static readonly int[] Descriptors = [0, 1, 2];

    /// <summary>Held until the process is gone.</summary>
    private static readonly List<PosixSignalRegistration> Held = [];

    private readonly SemaphoreSlim _reload = new(0, 1);
    private readonly CancellationTokenSource _gone = new();
    private readonly int[] _terminals;
    private bool _isOver;

    public Hangup()
    {
        _terminals = [.. Descriptors.Where(Posix.IsTerminal)];
        if (!OperatingSystem.IsWindows()) Held.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, Take));
    }

    /// <summary>Cancelled when the terminal the process was started in is gone.</summary>
    public CancellationToken TerminalGone => _gone.Token;

    /// <summary>Waits for a wish to reload. Of several that come while one is carried out, one is left.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _reload.WaitAsync(cancellation);

    public void Dispose()
    {
        lock (_gone)
        {
            _gone.Dispose();
            _reload.Dispose();
            _isOver = true;
        }
    }

    private void Take(PosixSignalContext context)
    {
        context.Cancel = true;
        lock (_gone)
        {
            if (_isOver) return;
            // A terminal that hangs up is none any more: what it says of itself fails.
            if (_terminals.Any(descriptor => !Posix.IsTerminal(descriptor))) _gone.Cancel();
            else if (_reload.CurrentCount == 0) _reload.Release();
        }
    }
}
