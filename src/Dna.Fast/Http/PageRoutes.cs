using System.Text;
using Dna.Fast.Hosting;
using Dna.Fast.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dna.Fast.Http;

/// <summary><c>/</c>: a page that shows the node live, and what it reads: <c>/status.json</c>, <c>/table.json</c>, <c>/store.json</c>.</summary>
/// <remarks>One file without anything from elsewhere. Its policy lets exactly its own style and script in, by a number of each answer's own.</remarks>
internal sealed class PageRoutes(StatusReport status, TableReport table, StoreSurveys surveys) : IHttpRoutes
{
    private const string Nonce = "NONCE";
    private static readonly SystemRandom Random = new();
    private static readonly Lazy<string> Page = new(ReadPage);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/", SendPageAsync);
        routes.MapRead("/status.json", context => Answer.WriteAsync(context, StatusCodes.Status200OK, "application/json", status.ToJson()));
        routes.MapRead("/table.json", context => Answer.JsonAsync(context, StatusCodes.Status200OK, table.Write));
        routes.MapRead("/store.json", context => Answer.JsonAsync(context, StatusCodes.Status200OK, surveys.Write));
    }

    private static Task SendPageAsync(HttpContext context)
    {
        string nonce;
        lock (Random) nonce = Random.NextUInt64().ToString("x16", null) + Random.NextUInt64().ToString("x16", null);
        context.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        byte[] page = Encoding.UTF8.GetBytes(Page.Value.Replace(Nonce, nonce, StringComparison.Ordinal));
        return Answer.WriteAsync(context, StatusCodes.Status200OK, "text/html; charset=utf-8", page);
    }

    private static string ReadPage()
    {
        using Stream resource = typeof(PageRoutes).Assembly.GetManifestResourceStream("status.html")!;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }
}
