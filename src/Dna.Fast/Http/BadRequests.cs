using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Dna.Fast.Http;

/// <summary>Hears of requests that the server refused before any handler saw them: no HTTP, a head that is too large or too slow. Any thread.</summary>
/// <param name="told">Gets the status of the answer.</param>
internal sealed class BadRequests(Action<int> told) : IObserver<KeyValuePair<string, object?>>
{
    /// <summary>The one event that is wanted; the server makes no others then.</summary>
    public const string Event = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is IFeatureCollection features && features.Get<IBadRequestExceptionFeature>()?.Error is BadHttpRequestException refusal) told(refusal.StatusCode);
    }

    public void OnCompleted()
    {
        // It ends with its server.
    }

    public void OnError(Exception error)
    {
        // The server sends none.
    }
}
