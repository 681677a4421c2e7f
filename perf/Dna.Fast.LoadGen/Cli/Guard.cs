using Dna.Fast.LoadGen.Load;

namespace Dna.Fast.LoadGen.Cli;

/// <summary>Turns what went wrong into two lines and an exit code.</summary>
internal static class Guard
{
    public static int Run(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (LoadException failure)
        {
            Console.Error.WriteLine($"dna-load: {failure.Message}");
            Console.Error.WriteLine($"          {failure.Advice}");
            return failure.ExitCode;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("dna-load: stopped");
            return ExitCode.Failed;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"dna-load: {failure.Message}");
            Console.Error.WriteLine("          check the path and its rights");
            return ExitCode.Failed;
        }
    }
}
