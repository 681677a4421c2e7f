using Microsoft.AspNetCore.Routing;

namespace Dna.Fast.Http;

/// <summary>A part of the node that answers over HTTP: it names its paths once, at the start.</summary>
internal interface IHttpRoutes
{
    /// <summary>Maps paths to handlers, by <c>RequestDelegate</c>s alone: other delegates need reflection.</summary>
    void Map(IEndpointRouteBuilder routes);
}
