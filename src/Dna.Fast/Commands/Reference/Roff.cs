using System.Globalization;
using System.Text;

namespace Dna.Fast.Commands.Reference;

/// <summary>A manual page in the language of man(7), line by line.</summary>
internal sealed class Roff
{
    /// <summary>Longest line of text, in characters: mandoc's style asks for at most 80.</summary>
    private const int Columns = 78;

    private readonly StringBuilder _page = new();

    /// <summary>The head of a page: its name, section, date (YYYY-MM-DD) and the title of its section.</summary>
    public Roff(string name, int section, string date, string title)
    {
        _page.Append(CultureInfo.InvariantCulture, $".TH {name.ToUpperInvariant()} {section} {date} \"Dna.Fast {VersionLine.Program}\" \"{title}\"\n");
    }

    public Roff Section(string name) => Macro("SH", name);

    public Roff Subsection(string name) => Macro("SS", name);

    public Roff Paragraph(string text) => Plain("PP").Text(text);

    /// <summary>A term in bold, and what it means below it. The term's last words may be a placeholder, in italics.</summary>
    public Roff Term(string term, string placeholder, string text)
    {
        _page.Append(CultureInfo.InvariantCulture, $".TP\n\\fB{Escape(term)}\\fR{(placeholder.Length == 0 ? "" : $" \\fI{Escape(placeholder)}\\fR")}\n");
        return Text(text);
    }

    /// <summary>Lines as they are, for examples.</summary>
    public Roff Example(IEnumerable<string> lines)
    {
        Plain("PP").Plain("EX");
        foreach (string line in lines) _page.Append(line.StartsWith('.') ? "\\&" : "").Append(Escape(line)).Append('\n');
        return Plain("EE");
    }

    /// <summary>Text that flows; a line break in it is none on the page.</summary>
    public Roff Text(string text)
    {
        int column = 0;
        foreach (string word in text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            string written = Escape(word);
            bool isNewLine = column == 0 || column + 1 + written.Length > Columns;
            if (isNewLine && column > 0) _page.Append('\n');
            // A dot at the start of a line would make a macro of it.
            string start = (isNewLine, word[0]) switch { (true, '.') => "\\&", (true, _) => "", _ => " " };
            _page.Append(start).Append(written);
            column = (isNewLine ? 0 : column) + start.Length + written.Length;
        }

        _page.Append('\n');
        return this;
    }

    public override string ToString() => _page.ToString();

    private Roff Plain(string macro)
    {
        _page.Append('.').Append(macro).Append('\n');
        return this;
    }

    private Roff Macro(string macro, string name)
    {
        _page.Append(CultureInfo.InvariantCulture, $".{macro} \"{Escape(name)}\"\n");
        return this;
    }

    // So that a reader can copy: these would come out as typographic characters.
    private static string Escape(string text) => text
        .Replace("\\", "\\e", StringComparison.Ordinal)
        .Replace("-", "\\-", StringComparison.Ordinal)
        .Replace("'", "\\(aq", StringComparison.Ordinal)
        .Replace("`", "\\(ga", StringComparison.Ordinal)
        .Replace("^", "\\(ha", StringComparison.Ordinal)
        .Replace("~", "\\(ti", StringComparison.Ordinal)
        .Replace("\"", "\\(dq", StringComparison.Ordinal);
}
