using System.Runtime.InteropServices;

namespace Dna.Fast.Client;

/// <summary>SIGINT and SIGTERM as a cancellation.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;
    private readonly bool _endsAtOnceOnSecond;

    /// <param name="endsAtOnceOnSecond">
    /// True: a second signal ends the process, as without us. False: further signals are ignored, for whoever ends by itself in a bounded time and has something
    /// to finish (supervisors and shells may send one signal twice).
    /// </param>
    public Interrupt(bool endsAtOnceOnSecond)
    {
        _endsAtOnceOnSecond = endsAtOnceOnSecond;
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Take), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take)];
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals) signal.Dispose();
        _source.Dispose();
    }

    private void Take(PosixSignalContext context)
    {
        bool isFirst = !_source.IsCancellationRequested;
        context.Cancel = isFirst || !_endsAtOnceOnSecond;
        if (isFirst) _source.Cancel();
    }
}
