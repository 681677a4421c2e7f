using System.Text;
using Dna.Fast.Identities;
using Dna.Fast.Identity;

namespace Dna.Fast.Tests.Id;

/// <summary>A person with prepared answers, and a screen that remembers what it showed.</summary>
internal sealed class FakeTerminal(params string?[] answers) : ITerminal
{
    private readonly Queue<string?> _answers = new(answers);
    private readonly StringBuilder _screen = new();

    public string Screen => _screen.ToString();

    /// <summary>Answers nobody asked for.</summary>
    public int Left => _answers.Count;

    public void Write(ReadOnlySpan<char> text) => _screen.Append(text);

    public SecretBytes? ReadSecret(string prompt)
    {
        _screen.Append(prompt).Append('\n');
        return _answers.TryDequeue(out string? answer) && answer is not null ? SecretBytes.Copy(Encoding.UTF8.GetBytes(answer)) : null;
    }

    public void Dispose()
    {
        // A command may open it several times; the person stays.
    }
}
