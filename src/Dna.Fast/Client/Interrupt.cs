using System.Runtime.InteropServices;

namespace Dna.Fast.Client;

/// <summary>SIGINT and SIGTERM as a cancellation.</summary>
internal sealed class Interrupt : IDisposable
{
    /// <summary>Registrations that are held until the process is gone: a signal that comes while it leaves would end it with the signal's exit code.</summary>
    private static readonly List<PosixSignalRegistration> Held = [];

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;
    private readonly bool _endsAtOnceOnSecond;
    private volatile bool _isOver;

    /// <param name="endsAtOnceOnSecond">
    /// True: a second signal ends the process, as without us. False: further signals are ignored until the process is gone, for whoever ends by itself in a
    /// bounded time and has something to finish (supervisors and shells may send one signal twice).
    /// </param>
    public Interrupt(bool endsAtOnceOnSecond)
    {
        _endsAtOnceOnSecond = endsAtOnceOnSecond;
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Take), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take)];
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _isOver = true;
        if (_endsAtOnceOnSecond) foreach (PosixSignalRegistration signal in _signals) signal.Dispose();
        else Held.AddRange(_signals);
    }

    private void Take(PosixSignalContext context)
    {
        bool isFirst = !_isOver && !_source.IsCancellationRequested;
        context.Cancel = isFirst || !_endsAtOnceOnSecond;
        if (isFirst) _source.Cancel();
    }
}
