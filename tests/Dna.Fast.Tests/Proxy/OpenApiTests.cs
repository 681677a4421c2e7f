using System.Net;
using System.Text.Json;
using Dna.Fast.Proxy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Dna.Fast.Tests.Proxy;

/// <summary>The document a proxy serves about itself, by the rules of OpenAPI 3.1 and against the routes there are.</summary>
public sealed class OpenApiTests
{
    private static readonly string[] Known = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

    /// <summary>Methods that OpenAPI has no member for are under this one.</summary>
    private const string Others = "x-methods";

    [Fact]
    public async Task Every_route_is_in_the_document_and_nothing_else()
    {
        using JsonDocument document = await ServedAsync();
        Assert.Equal(Routes().Order(), Operations(document.RootElement).Select(operation => operation.Method.ToUpperInvariant() + " " + operation.Path).Order());
    }

    [Fact]
    public async Task Every_operation_is_whole()
    {
        using JsonDocument document = await ServedAsync();
        JsonElement root = document.RootElement;
        Assert.StartsWith("3.1.", root.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.All((string[])["title", "version"], member => Assert.NotEmpty(root.GetProperty("info").GetProperty(member).GetString()!));
        Assert.All(Operations(root), operation =>
        {
            (string path, string method, JsonElement content) = operation;
            string place = method + " " + path;
            Assert.False(string.IsNullOrEmpty(content.GetProperty("summary").GetString()), place);
            Assert.NotEmpty(content.GetProperty("responses").EnumerateObject());
            Assert.All(content.GetProperty("responses").EnumerateObject(), response =>
            {
                Assert.InRange(int.Parse(response.Name, System.Globalization.CultureInfo.InvariantCulture), 100, 599);
                Assert.NotEmpty(response.Value.GetProperty("description").GetString()!);
            });
            JsonElement[] parameters = content.TryGetProperty("parameters", out JsonElement named) ? [.. named.EnumerateArray().Select(parameter => Resolved(root, parameter))] : [];
            IEnumerable<string> inPath = path.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}'));
            Assert.Equal(inPath, parameters.Where(parameter => parameter.GetProperty("in").GetString() == "path" && parameter.GetProperty("required").GetBoolean()).Select(parameter => parameter.GetProperty("name").GetString()));
        });
    }

    [Fact]
    public async Task Every_reference_leads_somewhere_and_everything_is_referred_to()
    {
        using JsonDocument document = await ServedAsync();
        JsonElement root = document.RootElement;
        string[] references = [.. References(root).Distinct()];
        Assert.NotEmpty(references);
        Assert.All(references, reference => At(root, reference));
        IEnumerable<string> schemas = root.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(schema => "#/components/schemas/" + schema.Name);
        Assert.All(schemas, schema => Assert.Contains(schema, references));
    }

    [Theory]
    [InlineData("GET", "/node/info", "", "NodeInfo")]
    [InlineData("GET", "/node/stats", "", "Stats")]
    [InlineData("POST", "/key/word", "{\"data\":\"eA==\"}", "Value")]
    [InlineData("POST", "/key/word", "{", "Error")]
    public async Task Answers_have_the_members_the_document_says(string method, string path, string body, string schema)
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        (_, JsonElement answer) = await bench.SendAsync(method, path, body.Length > 0 ? body : null);
        (_, JsonElement document) = await bench.SendAsync("GET", "/node/openapi.json");
        JsonElement described = At(document, "#/components/schemas/" + schema);
        HashSet<string> members = [.. described.GetProperty("properties").EnumerateObject().Select(member => member.Name)];
        Assert.All(answer.EnumerateObject(), member => Assert.Contains(member.Name, members));
        if (described.TryGetProperty("required", out JsonElement required)) Assert.All(required.EnumerateArray(), member => Assert.True(answer.TryGetProperty(member.GetString()!, out _), member.GetString()));
    }

    private static async Task<JsonDocument> ServedAsync()
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        using HttpResponseMessage response = await bench.Client.GetAsync(new Uri("/node/openapi.json", UriKind.Relative));
        Assert.Equal((HttpStatusCode.OK, "application/json"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync());
    }

    private static IEnumerable<string> Routes()
    {
        using WebApplication application = WebApplication.CreateSlimBuilder().Build();
        new ProxyRoutes(null!, null!, null!, null!, null, new ProxyFigures()).Map(application);
        return [.. ((IEndpointRouteBuilder)application).DataSources.SelectMany(source => source.Endpoints).Cast<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => method + " " + endpoint.RoutePattern.RawText))];
    }

    private static IEnumerable<(string Path, string Method, JsonElement Content)> Operations(JsonElement root)
    {
        foreach (JsonProperty path in root.GetProperty("paths").EnumerateObject())
        {
            foreach (JsonProperty member in path.Value.EnumerateObject())
            {
                if (member.Name == Others)
                {
                    foreach (JsonProperty other in member.Value.EnumerateObject()) yield return (path.Name, other.Name, other.Value);
                    continue;
                }

                Assert.Contains(member.Name, Known);
                yield return (path.Name, member.Name, member.Value);
            }
        }
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => member.Name == "$ref" ? [member.Value.GetString()!] : References(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };

    private static JsonElement Resolved(JsonElement root, JsonElement element) => element.TryGetProperty("$ref", out JsonElement reference) ? At(root, reference.GetString()!) : element;

    private static JsonElement At(JsonElement root, string reference) => reference.Split('/').Skip(1).Aggregate(root, (at, name) => at.GetProperty(name));
}
