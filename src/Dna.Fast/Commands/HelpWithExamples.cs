using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Dna.Fast.Commands;

/// <summary>The library's help, and a command's examples below it.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is DnaCommand { Examples.Count: > 0 } command)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (string example in command.Examples) output.WriteLine("  " + example);
            output.WriteLine();
        }

        return code;
    }
}
