using Dna.Fast.Http;
using Dna.Fast.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dna.Fast.Proxy;

/// <summary>The paths of the REST proxy (wire specification, section 9.5); <c>Proxy/openapi.json</c> describes them, and a test compares.</summary>
internal sealed class ProxyRoutes(ProxyInfo info, ProxyReads reads, ProxyWrites writes, PermanentPuts puts, InfoHash? identity, ProxyFigures figures) : IHttpRoutes
{
    private const string Hash = "hash";
    private static readonly Lazy<byte[]> Document = new(ReadDocument);

    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "GET", "/", InfoAsync);
        Map(routes, "GET", "/node/info", InfoAsync);
        Map(routes, "GET", "/node/stats", StatsAsync);
        Map(routes, "GET", "/node/openapi.json", DocumentAsync);
        Map(routes, "POST", "/node/pingPush", PushAsync);
        foreach (string path in (string[])["/key/{hash}", "/{hash}"])
        {
            Map(routes, "GET", path, context => reads.GetAsync(context, KeyOf(context)));
            Map(routes, "POST", path, context => writes.PutAsync(context, KeyOf(context)));
        }

        Map(routes, "GET", "/key/{hash}/listen", context => reads.ListenAsync(context, KeyOf(context)));
        Map(routes, "POST", "/key/{hash}/sign", context => writes.SignAsync(context, KeyOf(context)));
        Map(routes, "POST", "/key/{hash}/encrypt", context => writes.EncryptAsync(context, KeyOf(context)));
        Map(routes, "SUBSCRIBE", "/key/{hash}", PushAsync);
        Map(routes, "UNSUBSCRIBE", "/key/{hash}", PushAsync);
        Map(routes, "GET", "/key/{hash}/options", context => OptionsAsync(context, "OPTIONS, GET, POST"));
        Map(routes, "OPTIONS", "/", context => OptionsAsync(context, "OPTIONS, GET"));
        Map(routes, "OPTIONS", "/node/{what}", context => OptionsAsync(context, "OPTIONS, GET, POST"));
        Map(routes, "OPTIONS", "/{hash}", context => OptionsAsync(context, "OPTIONS, GET, POST"));
        Map(routes, "OPTIONS", "/key/{hash}", context => OptionsAsync(context, "OPTIONS, GET, POST"));
        Map(routes, "OPTIONS", "/key/{hash}/listen", context => OptionsAsync(context, "OPTIONS, GET"));
        Map(routes, "OPTIONS", "/key/{hash}/sign", context => OptionsAsync(context, "OPTIONS, POST"));
        Map(routes, "OPTIONS", "/key/{hash}/encrypt", context => OptionsAsync(context, "OPTIONS, POST"));
    }

    private static void Map(IEndpointRouteBuilder routes, string method, string path, RequestDelegate handler) => routes.MapMethods(path, [method], handler);

    // 40 hexadecimal digits, or any word, which is hashed.
    private static InfoHash KeyOf(HttpContext context) => InfoHash.OfKey((string)context.Request.RouteValues[Hash]!);

    private Task InfoAsync(HttpContext context)
    {
        figures.Add(ProxyCounter.RequestInfo);
        return info.IsReady
            ? ProxyAnswer.ObjectAsync(context, json => info.WriteNode(json, puts, identity, ProxyGate.AddressOf(context)))
            : ProxyAnswer.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "the node is starting");
    }

    private Task StatsAsync(HttpContext context)
    {
        figures.Add(ProxyCounter.RequestStats);
        return ProxyAnswer.ObjectAsync(context, json => info.WriteStats(json, puts, identity));
    }

    private Task DocumentAsync(HttpContext context)
    {
        figures.Add(ProxyCounter.RequestDocument);
        return Answer.WriteAsync(context, StatusCodes.Status200OK, ProxyAnswer.Json, Document.Value);
    }

    /// <summary>Push notifications go through servers of others; a proxy that says "subscribed" and never notifies would be worse than one that says no.</summary>
    private Task PushAsync(HttpContext context)
    {
        figures.Add(ProxyCounter.RequestPush);
        figures.Add(ProxyCounter.RefusedUnsupported);
        return ProxyAnswer.RefuseAsync(context, StatusCodes.Status501NotImplemented, "this proxy sends no push notifications: GET /key/HASH/listen tells of changes");
    }

    private Task OptionsAsync(HttpContext context, string methods)
    {
        figures.Add(ProxyCounter.RequestOptions);
        context.Response.Headers.Allow = methods;
        context.Response.Headers.AccessControlAllowMethods = methods;
        return Answer.WriteAsync(context, StatusCodes.Status200OK, ProxyAnswer.Json, ReadOnlyMemory<byte>.Empty);
    }

    private static byte[] ReadDocument()
    {
        using Stream resource = typeof(ProxyRoutes).Assembly.GetManifestResourceStream("openapi.json")!;
        byte[] document = new byte[resource.Length];
        resource.ReadExactly(document);
        return document;
    }
}
