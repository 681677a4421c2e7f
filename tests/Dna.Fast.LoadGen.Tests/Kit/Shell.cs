using Dna.Fast.LoadGen.Cli;

namespace Dna.Fast.LoadGen.Tests.Kit;

/// <summary>The program, called as from a shell.</summary>
internal static class Shell
{
    /// <summary>Runs one command.</summary>
    /// <returns>Its exit code and what it wrote to standard error.</returns>
    public static (int Code, string Error) Run(params string[] arguments)
    {
        TextWriter before = Console.Error;
        var error = new StringWriter();
        try
        {
            Console.SetError(error);
            return (RootCommands.Run(arguments), error.ToString());
        }
        finally
        {
            Console.SetError(before);
        }
    }
}
