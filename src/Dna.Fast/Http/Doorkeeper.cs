using System.Net;
using Dna.Fast.Logging;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Http;

/// <summary>What every request passes first: the host it names, the headers of every answer, and the barrier behind which a handler may fail.</summary>
internal sealed class Doorkeeper(ILogger log, bool checksHost)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        if (checksHost && !IsForUs(context))
        {
            context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            return;
        }

        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or IOException) && !context.RequestAborted.IsCancellationRequested)
        {
            log.HttpFailed(context.Request.Path, failure);
            if (!context.Response.HasStarted) context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    /// <summary>A page of the web can give its own name our loopback address and so read what only this machine may see. Such a request names its host by that name.</summary>
    public static bool IsForUs(HttpContext context)
    {
        if (context.Connection.LocalIpAddress is not { } local || !IPAddress.IsLoopback(local)) return true;
        string host = context.Request.Host.Host;
        return host is "localhost" || IPAddress.TryParse(host, out _);
    }
}
