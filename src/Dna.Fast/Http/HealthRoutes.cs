using Dna.Fast.Health;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dna.Fast.Http;

/// <summary><c>/healthz</c>: the node's machinery turns. <c>/readyz</c>: it does its work. 200 or 503, with the reasons as one JSON object.</summary>
internal sealed class HealthRoutes(HealthMonitor monitor) : IHttpRoutes
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/healthz", context => AnswerAsync(context, monitor.Report, static report => report.IsAlive));
        routes.MapRead("/readyz", context => AnswerAsync(context, monitor.Report, static report => report.IsReady));
    }

    private static Task AnswerAsync(HttpContext context, HealthReport report, Func<HealthReport, bool> isWell) =>
        Answer.JsonAsync(context, isWell(report) ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, report.Write);
}
