using System.Diagnostics;
using System.Globalization;

namespace Dna.Fast.Net.Tests.Kit;

/// <summary>Runs a test of this program once more in a network namespace of its own, whose loopback device takes 1,280 bytes.</summary>
/// <remarks>Made with <c>unshare</c>, which needs no rights of an administrator; it lasts as long as that run.</remarks>
internal static class SmallMtu
{
    private const string Variable = "DNA_TEST_SMALL_MTU";

    // The word tells a system without namespaces from a test that failed.
    private const string Ready = "namespace is ready";
    private const string Setup = "ip link set lo mtu 1280 up && echo " + Ready + " && exec \"$@\"";

    // The other run starts a runtime of its own on a machine that may be busy.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>True in that run.</summary>
    public static bool IsHere => Environment.GetEnvironmentVariable(Variable) is not null;

    public static void Run(Type type, string method)
    {
        ProcessStartInfo start = new("unshare") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] command = ["-r", "-n", "sh", "-c", Setup, "sh", "dotnet", type.Assembly.Location, "--filter-method", $"{type.FullName}.{method}"];
        foreach (string argument in command) start.ArgumentList.Add(argument);
        start.Environment[Variable] = "1";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience)) process.Kill(entireProcessTree: true);
        process.WaitForExit();
        string said = string.Create(CultureInfo.InvariantCulture, $"exit code {process.ExitCode}\n{output.Result}{errors.Result}");
        Assert.SkipUnless(said.Contains(Ready, StringComparison.Ordinal), $"no network namespace here (user namespaces and iproute2 are needed): {said}");
        Assert.True(process.ExitCode == 0, said);
    }
}
