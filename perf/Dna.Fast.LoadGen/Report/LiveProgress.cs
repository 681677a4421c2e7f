using System.Globalization;
using Dna.Fast.LoadGen.Load;

namespace Dna.Fast.LoadGen.Report;

/// <summary>Progress on standard error: one line that is written over on a terminal, else a plain line every two seconds.</summary>
internal sealed class LiveProgress : IProgressSink
{
    private const long PlainNs = 2 * Clock.Second;

    private const int BarCells = 20, UsualWidth = 80;

    /// <summary>Back to the start of the line; and: clear what is left of it.</summary>
    private const string Start = "\r", Clear = "\e[K";

    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private long _nextPlainNs;
    private bool _isOpen;

    /// <summary>A line of at most <paramref name="width"/> characters; the bar is left out where it does not fit.</summary>
    public static string Line(RunProgress progress, int width)
    {
        string figures = string.Create(CultureInfo.InvariantCulture,
            $"{progress.Phase,-9} {progress.RepliesPerSecond,9:#,0}/s  p50 {TableReport.Us(progress.P50Us),9}  p99 {TableReport.Us(progress.P99Us),9}  lost {progress.Lost:#,0}");
        if (progress.Errors > 0) figures += string.Create(CultureInfo.InvariantCulture, $"  errors {progress.Errors:#,0}");
        int full = (int)(progress.Done * BarCells);
        string bar = new string('━', full) + new string('┄', BarCells - full) + " ";
        string line = figures.Length + bar.Length <= width ? bar + figures : figures;
        return line.Length <= width ? line : line[..width];
    }

    public void Say(string text) => Console.Error.WriteLine(text);

    public void Tell(RunProgress progress)
    {
        if (_isTerminal)
        {
            Console.Error.Write($"{Start}{Line(progress, Width() - 1)}{Clear}");
            _isOpen = true;
            return;
        }

        long now = Clock.NowNs();
        if (now < _nextPlainNs) return;
        _nextPlainNs = now + PlainNs;
        Console.Error.WriteLine(Line(progress, int.MaxValue));
    }

    public void End()
    {
        if (_isOpen) Console.Error.WriteLine();
        _isOpen = false;
    }

    // A terminal that does not say its width has none to speak of.
    private static int Width() => Console.WindowWidth is > 1 and var width ? width : UsualWidth;
}
