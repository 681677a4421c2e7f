using System.Net;
using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Http;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;
using Microsoft.AspNetCore.Http;

namespace Dna.Fast.Proxy;

/// <summary>What every request to the proxy passes before anything is looked up for it: rates, token, and what web pages may do.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class ProxyGate(ProxyFigures figures, TimeProvider time)
{
    private const string Scheme = "Bearer ";

    /// <summary>A browser may remember for a day what it may ask, as of stock.</summary>
    private const string PreflightSeconds = "86400";

    private readonly SourceRates _rates = new(time);
    private Allowed _allowed = new(new ProxyLimits());

    /// <summary>The limits in force.</summary>
    public ProxyLimits Limits
    {
        get => Volatile.Read(ref _allowed).Limits;
        set => Volatile.Write(ref _allowed, new Allowed(value));
    }

    // The token as its digest: digests have one length, so that comparing them tells nothing about the token's.
    private sealed class Allowed(ProxyLimits limits)
    {
        public ProxyLimits Limits => limits;

        public byte[]? TokenDigest { get; } = limits.Token is { } token ? SHA256.HashData(Encoding.ASCII.GetBytes(token)) : null;

        public bool AllowsAllOrigins { get; } = limits.Origins.Contains("*");
    }

    /// <summary>Who is charged for a request.</summary>
    public static SourcePrefix SourceOf(HttpContext context) => SourcePrefix.Of(AddressOf(context));

    /// <summary>The client's address; an IPv4 one as such, also where a socket of both families took it.</summary>
    public static NodeAddress AddressOf(HttpContext context) =>
        AddressOf(context.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, context.Connection.RemotePort) : null);

    /// <inheritdoc cref="AddressOf(HttpContext)"/>
    public static NodeAddress AddressOf(IPEndPoint? client) => client is null ? default
        : NodeAddress.From(client.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(client.Address.MapToIPv4(), client.Port) : client);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        Allowed allowed = Volatile.Read(ref _allowed);
        AllowOrigin(context, allowed);
        int status = StatusCodes.Status500InternalServerError;
        try
        {
            if (RefusalOf(context, allowed) is { } refusal)
            {
                figures.Add(refusal);
                await RefuseAsync(context, refusal).ConfigureAwait(false);
            }
            else
            {
                await next(context).ConfigureAwait(false);
            }

            status = context.Response.StatusCode;
        }
        finally
        {
            figures.AddAnswer(status);
        }
    }

    private ProxyCounter? RefusalOf(HttpContext context, Allowed allowed)
    {
        switch (_rates.Take(SourceOf(context), allowed.Limits.RequestsPerSecond, allowed.Limits.RequestsPerSource))
        {
            case QuotaVerdict.Full: return ProxyCounter.RefusedRate;
            case QuotaVerdict.SourceFull: return ProxyCounter.RefusedRateSource;
            default: break;
        }

        // Where all pages of the web are welcome, so are those behind a name for our loopback.
        if (!allowed.AllowsAllOrigins && !Doorkeeper.IsForUs(context)) return ProxyCounter.RefusedHost;
        // A browser asks what it may do before it sends the token.
        bool mayAsk = allowed.TokenDigest is not { } expected || HttpMethods.IsOptions(context.Request.Method) || IsToken(context.Request.Headers.Authorization.ToString(), expected);
        return mayAsk ? null : ProxyCounter.RefusedToken;
    }

    private static Task RefuseAsync(HttpContext context, ProxyCounter refusal)
    {
        if (refusal == ProxyCounter.RefusedToken)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return ProxyAnswer.RefuseAsync(context, StatusCodes.Status401Unauthorized, "this proxy asks for a token: Authorization: Bearer TOKEN");
        }

        if (refusal == ProxyCounter.RefusedHost) return ProxyAnswer.RefuseAsync(context, StatusCodes.Status421MisdirectedRequest, "name the host by its address or localhost");
        context.Response.Headers.RetryAfter = "1";
        return ProxyAnswer.RefuseAsync(context, StatusCodes.Status429TooManyRequests, refusal == ProxyCounter.RefusedRate ? "too many requests of all together" : "too many requests");
    }

    private static bool IsToken(string header, byte[] expected)
    {
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return false;
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim()), digest);
        return CryptographicOperations.FixedTimeEquals(digest, expected);
    }

    private static void AllowOrigin(HttpContext context, Allowed allowed)
    {
        IHeaderDictionary headers = context.Response.Headers;
        if (allowed.AllowsAllOrigins)
        {
            headers.AccessControlAllowOrigin = "*";
        }
        else
        {
            headers.Vary = "Origin";
            string origin = context.Request.Headers.Origin.ToString();
            if (origin.Length == 0 || !allowed.Limits.Origins.Contains(origin)) return;
            headers.AccessControlAllowOrigin = origin;
        }

        if (!HttpMethods.IsOptions(context.Request.Method)) return;
        headers.AccessControlAllowHeaders = "content-type, authorization";
        headers.AccessControlMaxAge = PreflightSeconds;
    }
}
