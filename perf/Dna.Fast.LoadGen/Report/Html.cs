using System.Net;

namespace Dna.Fast.LoadGen.Report;

/// <summary>Text for pages.</summary>
internal static class Html
{
    public static string Escape(string text) => WebUtility.HtmlEncode(text);
}
