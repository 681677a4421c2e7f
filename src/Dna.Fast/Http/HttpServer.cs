using Dna.Fast.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Http;

/// <summary>The node's HTTP server. It is opened only when an address was asked for; without one, nothing of it is loaded.</summary>
/// <remarks>
/// The emptiest builder, so that no environment variable, file or default address of the framework decides anything. Open and dispose from one thread;
/// handlers run on the thread pool, never on a thread of packets.
/// </remarks>
internal sealed class HttpServer : IAsyncDisposable
{
    /// <summary>Connections at once: a page, a few scrapers and many waiting clients; a stranger who opens more waits.</summary>
    private const int ConnectionsMax = 1024;

    /// <summary>Bytes of a request's body: the largest value as text of a JSON object, and room.</summary>
    private const int BodyBytesMax = 1 << 20;

    /// <summary>A request's head has to be here within this time.</summary>
    private static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Requests under way get this long to end.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1);

    private readonly WebApplication _application;

    private HttpServer(WebApplication application, IReadOnlyList<string> bound)
    {
        _application = application;
        Bound = bound;
    }

    /// <summary>The addresses that are bound, each <c>http://ADDRESS:PORT</c>.</summary>
    public IReadOnlyList<string> Bound { get; }

    /// <summary>Binds the addresses and serves from now on.</summary>
    /// <param name="addresses">TCP addresses, at least one; port 0 takes a free one.</param>
    /// <param name="routes">Who answers.</param>
    /// <param name="log">Told of handlers that threw.</param>
    /// <exception cref="IOException">An address cannot be bound.</exception>
    public static async Task<HttpServer> OpenAsync(IReadOnlyList<NodeAddress> addresses, IReadOnlyList<IHttpRoutes> routes, ILogger log)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "dna" });
        builder.Services.AddRoutingCore();
        // Signals are the node's own business (Client/Interrupt).
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTimeout);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = ConnectionsMax;
            options.Limits.MaxRequestBodySize = BodyBytesMax;
            options.Limits.RequestHeadersTimeout = HeadTimeout;
            foreach (NodeAddress address in addresses) options.Listen(address.ToEndPoint(), listen => listen.Protocols = HttpProtocols.Http1);
        });
        WebApplication application = builder.Build();
        application.Use(new Doorkeeper(log).InvokeAsync);
        application.UseRouting();
        foreach (IHttpRoutes part in routes) part.Map(application);
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        ICollection<string> bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new HttpServer(application, [.. bound]);
    }

    public async ValueTask DisposeAsync()
    {
        using var timeout = new CancellationTokenSource(StopTimeout);
        await _application.StopAsync(timeout.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
