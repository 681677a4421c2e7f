using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Identity;

namespace Dna.Fast.Commands.Id;

/// <summary>The two options that name an identity, and the way from them to it. Whatever goes wrong is said on the error output.</summary>
/// <param name="key">One of <see cref="IdOptions"/>.</param>
internal sealed class KeyOptions(Option<string?> key)
{
    public Option<string?> Key { get; } = key;

    public Option<string?> PassphraseFile { get; } = IdOptions.PassphraseFile();

    /// <summary>Where the passphrase comes from.</summary>
    public PassphraseSource Source(Surroundings surroundings, ParseResult result) =>
        new(surroundings, result.GetValue(PassphraseFile), PassphraseFile.Name, PassphraseSource.Variable);

    /// <summary>Reads the key file without its passphrase.</summary>
    /// <returns>Null after a message.</returns>
    public Task<LockedKeyFile?> ReadAsync(Surroundings surroundings, ParseResult result) => Opener(surroundings, result).ReadAsync(result.GetValue(Key));

    /// <summary>Reads and opens the key file.</summary>
    /// <returns>What the caller disposes; null after a message.</returns>
    public async Task<OpenedKeyFile?> OpenAsync(Surroundings surroundings, ParseResult result) =>
        await ReadAsync(surroundings, result).ConfigureAwait(false) is { } file ? await OpenAsync(surroundings, result, file).ConfigureAwait(false) : null;

    /// <summary>Opens a key file that was read already.</summary>
    /// <returns>What the caller disposes; null after a message.</returns>
    public Task<OpenedKeyFile?> OpenAsync(Surroundings surroundings, ParseResult result, LockedKeyFile file) =>
        Opener(surroundings, result).OpenAsync(file, Source(surroundings, result));

    /// <inheritdoc cref="IdentityOpener.OpenForNetworkAsync"/>
    public Task<NetworkIdentity?> OpenForNetworkAsync(Surroundings surroundings, ParseResult result, CancellationToken cancellation) =>
        Opener(surroundings, result).OpenForNetworkAsync(result.GetValue(Key), Source(surroundings, result), cancellation);

    /// <summary>Opens the identity that the command line names, for a command that needs none.</summary>
    /// <returns>Null without false when none is named; false after a message. The caller disposes the identity.</returns>
    public async Task<(bool MayGoOn, NetworkIdentity? Identity)> OpenSaidAsync(Surroundings surroundings, ParseResult result, CancellationToken cancellation)
    {
        if (result.GetValue(Key) is null) return (true, null);
        NetworkIdentity? identity = await OpenForNetworkAsync(surroundings, result, cancellation).ConfigureAwait(false);
        return (identity is not null, identity);
    }

    /// <inheritdoc cref="IdentityOpener.OpenKeyFileForNetworkAsync"/>
    public Task<NetworkIdentity?> OpenKeyFileForNetworkAsync(Surroundings surroundings, ParseResult result, CancellationToken cancellation) =>
        Opener(surroundings, result).OpenKeyFileForNetworkAsync(result.GetValue(Key), Source(surroundings, result), cancellation);

    private static IdentityOpener Opener(Surroundings surroundings, ParseResult result) => new(surroundings, result.InvocationConfiguration.Error);
}
