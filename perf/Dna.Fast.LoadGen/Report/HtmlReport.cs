namespace Dna.Fast.LoadGen.Report;

internal static class HtmlReport
{
    public static string Page(RunResult result) => result.Command;
}
