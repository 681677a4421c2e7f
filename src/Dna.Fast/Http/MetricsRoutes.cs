using Dna.Fast.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dna.Fast.Http;

/// <summary><c>/metrics</c>, for Prometheus.</summary>
internal sealed class MetricsRoutes(NodeMetrics metrics) : IHttpRoutes
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapRead("/metrics", context => Answer.WriteAsync(context, StatusCodes.Status200OK, PrometheusText.ContentType, metrics.Write()));
}
