using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dna.Fast.Http;

/// <summary>Short ways to answer a request.</summary>
internal static class Answer
{
    private static readonly string[] Reading = ["GET", "HEAD"];

    /// <summary>A path that is only read.</summary>
    public static void MapRead(this IEndpointRouteBuilder routes, string path, RequestDelegate handler) => routes.MapMethods(path, Reading, handler);

    public static async Task WriteAsync(HttpContext context, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>One JSON object.</summary>
    public static Task JsonAsync(HttpContext context, int status, Action<Utf8JsonWriter> write) => JsonAsync(context, status, write, ""u8);

    /// <summary>One JSON object and a line end, for clients that read lines.</summary>
    public static Task JsonLineAsync(HttpContext context, int status, Action<Utf8JsonWriter> write) => JsonAsync(context, status, write, "\n"u8);

    private static Task JsonAsync(HttpContext context, int status, Action<Utf8JsonWriter> write, ReadOnlySpan<byte> end)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        buffer.Write(end);
        return WriteAsync(context, status, "application/json", buffer.WrittenMemory);
    }
}
