using System.Text.Json;
using Dna.Fast.Http;
using Microsoft.AspNetCore.Http;

namespace Dna.Fast.Proxy;

/// <summary>Answers of the proxy, and the bodies it is sent.</summary>
internal static class ProxyAnswer
{
    /// <summary>Bytes of a body at most: the largest value in base64, an owner's key and its signature, four times over for text in escapes.</summary>
    public const int BodyBytesMax = 256 * 1024;

    public const string Json = "application/json";

    /// <summary>One JSON object and a line end: stock clients read lines.</summary>
    public static Task ObjectAsync(HttpContext context, Action<Utf8JsonWriter> write) => Answer.JsonLineAsync(context, StatusCodes.Status200OK, write);

    /// <summary><c>{"err": why}</c>, as stock says what is wrong; without a line end: stock clients take every line of an answer for a value, whatever its status.</summary>
    public static Task RefuseAsync(HttpContext context, int status, string why) => Answer.JsonAsync(context, status, json => json.WriteString("err", why));

    /// <summary>Reads the body.</summary>
    /// <returns>Null when it is too large, too slow or broken off; that was counted and answered.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpContext context, ProxyFigures figures)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
            return body.GetBuffer().AsMemory(0, (int)body.Length);
        }
        catch (BadHttpRequestException refusal)
        {
            bool isTooLarge = refusal.StatusCode == StatusCodes.Status413PayloadTooLarge;
            figures.Add(isTooLarge ? ProxyCounter.RefusedBody : ProxyCounter.RefusedSlowBody);
            // Nothing is read of what is left of it.
            context.Response.Headers.Connection = "close";
            await RefuseAsync(context, refusal.StatusCode, isTooLarge ? "a value object has at most 262144 bytes" : refusal.Message).ConfigureAwait(false);
            return null;
        }
    }
}
