using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Dna.Fast.Tests.Http.Page;

/// <summary>A headless Chromium with one page, driven over its debugging protocol, and everything the page complained of or asked for.</summary>
internal sealed partial class Browser : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly Dictionary<int, TaskCompletionSource<JsonElement>> _asked = [];
    private Task _reading = Task.CompletedTask;
    private string _session = "";
    private int _number;

    private Browser(Process process, string profile)
    {
        _process = process;
        _profile = profile;
    }

    /// <summary>Errors of the console, exceptions, what the policy refused.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Addresses the page asked for.</summary>
    public List<string> Requests { get; } = [];

    public static async Task<Browser> OpenAsync()
    {
        string profile = Directory.CreateTempSubdirectory("dna-page-").FullName;
        string[] arguments =
        [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
            "--remote-debugging-port=0", "--user-data-dir=" + profile, "about:blank",
        ];
        var info = new ProcessStartInfo("chromium", arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        Process process;
        try
        {
            process = Process.Start(info)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new InvalidOperationException("The status page is tested in Chromium: apt-get install chromium");
        }

        var browser = new Browser(process, profile);
        try
        {
            await browser.ConnectAsync();
            return browser;
        }
        catch
        {
            // Nobody else would end it.
            await browser.DisposeAsync();
            throw;
        }
    }

    private async Task ConnectAsync()
    {
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null) listening.TrySetException(new InvalidOperationException("chromium ended at its start"));
            else if (Listening().Match(line.Data) is { Success: true } match) listening.TrySetResult(new Uri(match.Groups[1].Value));
        };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await _socket.ConnectAsync(await listening.Task.WaitAsync(Patience), _end.Token);
        _reading = ReadAsync();
        JsonElement target = await AskAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
        var attach = new JsonObject { ["targetId"] = target.GetProperty("targetId").GetString(), ["flatten"] = true };
        _session = (await AskAsync("Target.attachToTarget", attach)).GetProperty("sessionId").GetString()!;
        foreach (string domain in (string[])["Page", "Runtime", "Log", "Network"]) await AskAsync(domain + ".enable");
    }

    public Task GoAsync(Uri address) => AskAsync("Page.navigate", new JsonObject { ["url"] = address.ToString() });

    /// <summary>A phone or a desk, light or dark.</summary>
    public async Task LookAsync(int width, int height, bool isDark)
    {
        await AskAsync("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = width < 600 });
        var scheme = new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = isDark ? "dark" : "light" };
        await AskAsync("Emulation.setEmulatedMedia", new JsonObject { ["features"] = new JsonArray(scheme) });
    }

    /// <summary>The value of an expression of the page, as text; empty when it throws, as while the page is still coming.</summary>
    public async Task<string> ValueAsync(string expression)
    {
        try
        {
            JsonElement answer = await AskAsync("Runtime.evaluate", new JsonObject { ["expression"] = $"String({expression})", ["returnByValue"] = true });
            return answer.GetProperty("result").TryGetProperty("value", out JsonElement value) ? value.GetString() ?? "" : "";
        }
        catch (ProtocolException)
        {
            // The page it was asked of has just been replaced.
            return "";
        }
    }

    /// <summary>Waits until an expression of the page is true.</summary>
    public async Task UntilAsync(string expression)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await ValueAsync(expression) != "true")
        {
            if (deadline.IsCancellationRequested) Assert.Fail($"not within {Patience}: {expression}\n{await ValueAsync("document.body.innerText")}\n{string.Join('\n', Complaints)}");
            await timer.WaitForNextTickAsync();
        }
    }

    public async Task<byte[]> PictureAsync()
    {
        JsonElement picture = await AskAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png", ["captureBeyondViewport"] = true });
        return picture.GetProperty("data").GetBytesFromBase64();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reading.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _socket.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        try
        {
            Directory.Delete(_profile, recursive: true);
        }
        catch (IOException)
        {
            // A child of it may write a last file; the system's temporary directory is cleaned anyway.
        }
    }

    private async Task<JsonElement> AskAsync(string method, JsonObject? parameters = null)
    {
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _sending.WaitAsync();
        try
        {
            int number = ++_number;
            lock (_asked) _asked.Add(number, answer);
            var message = new JsonObject { ["id"] = number, ["method"] = method, ["params"] = parameters ?? [] };
            if (_session.Length > 0) message["sessionId"] = _session;
            await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, _end.Token);
        }
        finally
        {
            _sending.Release();
        }

        return await answer.Task.WaitAsync(Patience);
    }

    private async Task ReadAsync()
    {
        byte[] part = new byte[64 * 1024];
        while (true)
        {
            using var message = new MemoryStream();
            ValueWebSocketReceiveResult received;
            do
            {
                received = await _socket.ReceiveAsync(part.AsMemory(), _end.Token);
                message.Write(part, 0, received.Count);
            }
            while (!received.EndOfMessage);
            Take(JsonDocument.Parse(message.ToArray()).RootElement);
        }
    }

    private void Take(JsonElement message)
    {
        if (message.TryGetProperty("id", out JsonElement id))
        {
            TaskCompletionSource<JsonElement>? asked;
            lock (_asked) _asked.Remove(id.GetInt32(), out asked);
            if (message.TryGetProperty("error", out JsonElement error)) asked?.TrySetException(new ProtocolException(error.ToString()));
            else asked?.TrySetResult(message.GetProperty("result"));
            return;
        }

        JsonElement told = message.GetProperty("params");
        switch (message.GetProperty("method").GetString())
        {
            case "Network.requestWillBeSent":
                Requests.Add(told.GetProperty("request").GetProperty("url").GetString()!);
                break;
            case "Runtime.exceptionThrown":
                Complaints.Add(told.ToString());
                break;
            case "Runtime.consoleAPICalled" when told.GetProperty("type").GetString() is "error" or "warning":
                Complaints.Add(told.ToString());
                break;
            case "Log.entryAdded" when told.GetProperty("entry").GetProperty("level").GetString() is "error" or "warning":
                Complaints.Add(told.ToString());
                break;
        }
    }

    private sealed class ProtocolException(string message) : Exception(message);

    [GeneratedRegex(@"DevTools listening on (ws://\S+)")]
    private static partial Regex Listening();
}
