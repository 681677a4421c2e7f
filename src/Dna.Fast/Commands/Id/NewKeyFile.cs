using Dna.Fast.Identities;
using Dna.Fast.Identity;

namespace Dna.Fast.Commands.Id;

/// <summary>What new, recover and import do at their end: take a passphrase and write a key file.</summary>
internal sealed class NewKeyFile
{
    private readonly Surroundings _surroundings;
    private readonly TextWriter _error;

    private NewKeyFile(Surroundings surroundings, TextWriter error, string path)
    {
        _surroundings = surroundings;
        _error = error;
        FullPath = path;
    }

    /// <summary>Where it will be.</summary>
    public string FullPath { get; }

    /// <summary>Finds the place, before anybody is asked for anything.</summary>
    /// <returns>Null after a message: the place is taken, or cannot be named.</returns>
    public static async Task<NewKeyFile?> PlaceAsync(Surroundings surroundings, TextWriter error, string? said, string name)
    {
        string? path = new KeyPlace(surroundings).ForNew(said, name);
        string? problem = path is null ? "this name cannot name a file: say --out FILE too"
            : Path.Exists(path) ? $"there is already a file {path}: choose another name, or move it away"
            : null;
        if (problem is null) return new NewKeyFile(surroundings, error, path!);
        await error.WriteLineAsync("dna: " + problem).ConfigureAwait(false);
        return null;
    }

    /// <summary>Asks for the passphrase of the new file.</summary>
    /// <returns>The passphrase, which the caller disposes; null after a message.</returns>
    public async Task<SecretBytes?> AskPassphraseAsync(PassphraseSource source)
    {
        GivenPassphrase given = source.GetNew(warning => _error.WriteLine("dna: " + warning));
        if (given.Bytes is null) await _error.WriteLineAsync("dna: " + given.Problem).ConfigureAwait(false);
        return given.Bytes;
    }

    /// <summary>Writes it.</summary>
    /// <returns>Null after a message.</returns>
    public async Task<LockedKeyFile?> WriteAsync(UserIdentity identity, SecretBytes passphrase)
    {
        try
        {
            new KeyPlace(_surroundings).Prepare(FullPath);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            await _error.WriteLineAsync($"dna: {refusal.Message}").ConfigureAwait(false);
            return null;
        }

        KeyFileResult<LockedKeyFile> written = _surroundings.KeyFiles.Create(FullPath, identity, passphrase.Span, _surroundings.Cost);
        if (written.Value is null) await _error.WriteLineAsync("dna: " + written.Message).ConfigureAwait(false);
        return written.Value;
    }
}
