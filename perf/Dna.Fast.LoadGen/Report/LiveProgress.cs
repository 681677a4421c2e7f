using System.Globalization;
using Dna.Fast.LoadGen.Load;
using Spectre.Console;

namespace Dna.Fast.LoadGen.Report;

/// <summary>Progress on standard error: one line that is written over on a terminal, else a plain line every two seconds.</summary>
internal sealed class LiveProgress : IProgressSink
{
    private const long PlainNs = 2 * Clock.Second;

    private const int BarCells = 24;

    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private long _nextPlainNs;
    private bool _isOpen;

    public void Say(string text) => _console.WriteLine(text);

    public void Tell(RunProgress progress)
    {
        string figures = string.Create(CultureInfo.InvariantCulture,
            $"{progress.Phase,-9} {progress.RepliesPerSecond,11:#,0} replies/s  p50 {TableReport.Us(progress.P50Us),9}  p99 {TableReport.Us(progress.P99Us),9}  lost {progress.Lost:#,0}  errors {progress.Errors:#,0}");
        if (_isTerminal)
        {
            int full = (int)(progress.Done * BarCells);
            string bar = new string('━', full) + "[grey]" + new string('─', BarCells - full) + "[/]";
            _console.Markup($"\r[teal]{bar}[/] {Markup.Escape(figures)}\e[K");
            _isOpen = true;
            return;
        }

        long now = Clock.NowNs();
        if (now < _nextPlainNs) return;
        _nextPlainNs = now + PlainNs;
        _console.WriteLine(figures);
    }

    public void End()
    {
        if (_isOpen) _console.WriteLine();
        _isOpen = false;
    }
}
