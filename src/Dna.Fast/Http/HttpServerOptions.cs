using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Dna.Fast.Http;

/// <summary>What tells one HTTP server of a node from another.</summary>
internal sealed record HttpServerOptions
{
    /// <summary>
    /// Connections at once on each address; one that comes beyond is closed. Strangers who hold all of one address leave the others alone: an operator who serves a public
    /// address names the loopback beside it, to get in himself whatever happens there.
    /// </summary>
    public int ConnectionsMax { get; init; } = 1024;

    /// <summary>What every connection passes, in the place of <see cref="ConnectionsMax"/>; null: nothing.</summary>
    public Func<ConnectionContext, ConnectionDelegate, Task>? Connection { get; init; }

    /// <summary>Told the status of each request that was refused before any handler saw it; null: nobody is.</summary>
    public Action<int>? BadRequest { get; init; }

    /// <summary>Bytes of a request's body.</summary>
    public long BodyBytesMax { get; init; } = 1 << 20;

    /// <summary>Whether a request on the loopback has to name its host by an address or <c>localhost</c>.</summary>
    public bool ChecksHost { get; init; } = true;

    /// <summary>What every request passes behind the <see cref="Doorkeeper"/> and before its path is looked at; null: nothing.</summary>
    public Func<HttpContext, RequestDelegate, Task>? Gate { get; init; }

    /// <summary>Makes an address speak TLS; null: it does not.</summary>
    public Action<ListenOptions>? Tls { get; init; }
}
