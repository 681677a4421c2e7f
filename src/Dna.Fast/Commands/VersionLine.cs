using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using Dna.Fast.Identity;

namespace Dna.Fast.Commands;

/// <summary><c>dna --version</c>: the program's version and that of the library inside it, which is loaded to say so.</summary>
internal sealed class VersionLine : SynchronousCommandLineAction
{
    /// <summary>The program's version, such as <c>0.1.0</c>.</summary>
    public static string Program { get; } =
        (typeof(VersionLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+')[0];

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine($"dna {Program} (libsodium {SodiumLibrary.LoadedVersion()})");
        return ExitCode.Ok;
    }
}
