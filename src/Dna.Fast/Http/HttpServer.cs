using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Dna.Fast.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
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
    /// <summary>A request's head has to be here within this time.</summary>
    private static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A connection without a request is closed after this time: it takes one of a bounded number of places.</summary>
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Requests under way get this long to end.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1);

    /// <summary>A client that went without a word, its battery empty, is noticed after two minutes: a stream may have nothing to say for hours.</summary>
    private const int ProbeAfterSeconds = 60;

    private const int ProbeEverySeconds = 15;
    private const int ProbesMax = 4;

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
    /// <param name="with">Limits, and what requests pass; null: the status page's.</param>
    /// <exception cref="IOException">An address cannot be bound, for whatever reason; <see cref="IsAddressInUse"/> knows one.</exception>
    public static async Task<HttpServer> OpenAsync(IReadOnlyList<NodeAddress> addresses, IReadOnlyList<IHttpRoutes> routes, ILogger log, HttpServerOptions? with = null)
    {
        with ??= new HttpServerOptions();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "dna" });
        builder.Services.AddRoutingCore();
        // Signals are the node's own business (Client/Interrupt).
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTimeout);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = with.Connection is null ? with.ConnectionsMax : null;
            options.Limits.MaxRequestBodySize = with.BodyBytesMax;
            options.Limits.RequestHeadersTimeout = HeadTimeout;
            options.Limits.KeepAliveTimeout = IdleTimeout;
            foreach (NodeAddress address in addresses)
            {
                options.Listen(address.ToEndPoint(), listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    if (with.Connection is { } connection) listen.Use(next => context => connection(context, next));
                    with.Tls?.Invoke(listen);
                });
            }
        });
        builder.Services.Configure<SocketTransportOptions>(options => options.CreateBoundListenSocket = Bind);
        WebApplication application = builder.Build();
        if (with.BadRequest is { } told) application.Services.GetRequiredService<DiagnosticListener>().Subscribe(new BadRequests(told), name => name == BadRequests.Event);
        application.Use(new Doorkeeper(log, with.ChecksHost).InvokeAsync);
        if (with.Gate is { } gate) application.Use(gate);
        application.UseRouting();
        foreach (IHttpRoutes part in routes) part.Map(application);
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            // Of what the system says, the framework makes an IOException in one case only.
            if (failure is SocketException) throw new IOException($"{string.Join(", ", addresses)} cannot be bound: {failure.Message}", failure);
            throw;
        }

        ICollection<string> bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new HttpServer(application, [.. bound]);
    }

    /// <summary>True when another program has the address.</summary>
    public static bool IsAddressInUse(Exception failure)
    {
        for (Exception? at = failure; at is not null; at = at.InnerException)
            if (at is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }) return true;

        return false;
    }

    // Accepted sockets have the options of the one they were accepted from.
    private static Socket Bind(EndPoint address)
    {
        Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(address);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, ProbeAfterSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeEverySeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, ProbesMax);
        return socket;
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
