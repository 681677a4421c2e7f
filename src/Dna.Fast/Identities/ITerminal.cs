using Dna.Fast.Identity;

namespace Dna.Fast.Identities;

/// <summary>The person in front of the program, apart from its input and output, which may be files. One thread.</summary>
internal interface ITerminal : IDisposable
{
    /// <summary>Shows a text; nothing of it is kept.</summary>
    void Write(ReadOnlySpan<char> text);

    /// <summary>Asks for a line that is not shown while it is typed.</summary>
    /// <returns>Its UTF-8 without the line's end, which the caller disposes; null when the person left (Ctrl-D) or the line is too long.</returns>
    SecretBytes? ReadSecret(string prompt);
}
