using System.Diagnostics;
using System.Text.Json;

namespace Dna.Fast.LoadGen.Tests.Kit;

/// <summary>A loopback network of its own, where the kernel counts nobody's datagrams but those of the two programs in it.</summary>
internal static class PrivateNetwork
{
    private const int Port = 4222;

    /// <summary>$1: the generator; $2: where its figures go; $3: the server's command; from $4 on: the measurement.</summary>
    private const string Script = """
        ip link set lo up || exit 90
        load=$1; json=$2
        $3 >/dev/null 2>&1 </dev/null & server=$!
        shift 3
        for _ in $(seq 300); do
          "$load" ping 127.0.0.1:4222 --duration 10ms --warm-up 0 >/dev/null 2>&1 && break
          sleep 0.1
        done
        "$load" "$@" --json "$json"
        code=$?
        kill -9 $server
        exit $code
        """;

    /// <summary>Starts a server, runs a measurement against it, and ends it.</summary>
    /// <param name="server">Words of its command; <c>{port}</c>, <c>{dir}</c> and <c>{load}</c> are replaced.</param>
    /// <param name="command">The generator's command and its options.</param>
    /// <returns>The figures.</returns>
    public static JsonElement Measure(string server, string command, params string[] options)
    {
        string directory = Directory.CreateTempSubdirectory("dna-load-test-").FullName;
        try
        {
            string load = Path.Combine(AppContext.BaseDirectory, "dna-load"), json = Path.Combine(directory, "run.json");
            string words = server.Replace("{port}", $"{Port}", StringComparison.Ordinal).Replace("{dir}", Path.Combine(directory, "data"), StringComparison.Ordinal)
                .Replace("{load}", load, StringComparison.Ordinal);
            string[] arguments = ["-r", "-n", "sh", "-c", Script, "sh", load, json, words, command, $"127.0.0.1:{Port}", .. options];
            using Process process = Process.Start(new ProcessStartInfo("unshare", arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            bool hasEnded = process.WaitForExit(TimeSpan.FromSeconds(120));
            if (!hasEnded) process.Kill(entireProcessTree: true);
            string said = errors.Result + output.Result;
            Assert.True(hasEnded, $"it does not end: {said}");
            Assert.True(process.ExitCode == 0, $"code {process.ExitCode}: {said} (it needs the packages util-linux and iproute2)");
            return JsonDocument.Parse(File.ReadAllText(json)).RootElement;
        }
        finally
        {
            Directory.Delete(directory, true);
        }
    }
}
