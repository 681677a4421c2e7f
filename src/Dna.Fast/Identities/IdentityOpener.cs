using Dna.Fast.Identity;

namespace Dna.Fast.Identities;

/// <summary>Opens the identity that a command line names; says on the error output why not.</summary>
internal sealed class IdentityOpener(Surroundings surroundings, TextWriter error)
{
    /// <summary>How often a person may type a passphrase.</summary>
    private const int AttemptsMax = 3;

    private readonly KeyPlace _place = new(surroundings);

    /// <summary>Reads a key file without its passphrase.</summary>
    /// <param name="said">What <c>--key</c> said; null: the default file.</param>
    /// <returns>Null after a message.</returns>
    public async Task<LockedKeyFile?> ReadAsync(string? said)
    {
        KeyFileResult<LockedKeyFile> read = surroundings.KeyFiles.Read(_place.Find(said));
        if (read.Value is null) await SayAsync(read.Message).ConfigureAwait(false);
        return read.Value;
    }

    /// <summary>Opens a key file.</summary>
    /// <returns>What the caller disposes; null after a message.</returns>
    public async Task<OpenedKeyFile?> OpenAsync(LockedKeyFile file, PassphraseSource source)
    {
        for (int attempt = 1; ; attempt++)
        {
            GivenPassphrase given = source.Get(file.Path);
            if (given.Bytes is not { } passphrase)
            {
                await SayAsync(given.Problem!).ConfigureAwait(false);
                return null;
            }

            KeyFileResult<UserIdentity> opened = surroundings.KeyFiles.Open(file, passphrase.Span);
            if (opened.Value is { } identity) return new OpenedKeyFile(file, identity, passphrase);
            passphrase.Dispose();
            await SayAsync(opened.Message).ConfigureAwait(false);
            if (opened.Status != KeyFileStatus.WrongPassphrase || !given.IsTyped || attempt == AttemptsMax) return null;
        }
    }

    /// <summary>Opens what signs and decrypts in the network: a key file's DHT identity, or an identity of stock tools.</summary>
    /// <param name="said">What <c>--key</c> said: a key file, its name, or <c>X</c> or <c>X.pem</c> of a pair <c>X.pem</c> and <c>X.crt</c>; null: the default key file.</param>
    /// <returns>What the caller disposes; null after a message.</returns>
    public async Task<NetworkIdentity?> OpenForNetworkAsync(string? said, PassphraseSource source, CancellationToken cancellation)
    {
        if (StockPair.BaseOf(said) is { } pair)
        {
            (RsaIdentity? stock, string message) = StockPair.Load(pair, source);
            if (stock is null) await SayAsync(message).ConfigureAwait(false);
            return stock is null ? null : new NetworkIdentity(stock, null);
        }

        return await OpenKeyFileForNetworkAsync(said, source, cancellation).ConfigureAwait(false);
    }

    /// <summary>Opens a key file, and derives its DHT identity when it has none yet.</summary>
    /// <returns>What the caller disposes, with its user; null after a message.</returns>
    public async Task<NetworkIdentity?> OpenKeyFileForNetworkAsync(string? said, PassphraseSource source, CancellationToken cancellation)
    {
        if (await ReadAsync(said).ConfigureAwait(false) is not { } file || await OpenAsync(file, source).ConfigureAwait(false) is not { } opened) return null;
        using SecretBytes passphrase = opened.Passphrase;
        bool isWhole = false;
        try
        {
            isWhole = opened.Identity.Dht is not null || await DeriveAndKeepAsync(opened, cancellation).ConfigureAwait(false);
            return isWhole ? new NetworkIdentity(opened.Identity.Dht!, opened.Identity) : null;
        }
        finally
        {
            if (!isWhole) opened.Dispose();
        }
    }

    /// <summary>Derives the DHT identity, and puts it into the key file, so that it is paid for once.</summary>
    private async Task<bool> DeriveAndKeepAsync(OpenedKeyFile opened, CancellationToken cancellation)
    {
        if (!opened.Identity.HasMaster)
        {
            await SayAsync($"{opened.File.Path} has no DHT identity, and no mnemonic to derive one from: dna id restore looks for a backup, dna id import --dht takes one").ConfigureAwait(false);
            return false;
        }

        await DhtDerivation.RunAsync(opened.Identity, RsaIdentity.BitsDefault, error, cancellation).ConfigureAwait(false);
        KeyFileResult<LockedKeyFile> kept = surroundings.KeyFiles.Replace(opened.File, opened.Identity, opened.Passphrase.Span, opened.File.Header.Cost);
        // It works without; only the next command pays again.
        if (kept.Status != KeyFileStatus.Ok) await SayAsync($"the DHT identity was not kept: {kept.Message}").ConfigureAwait(false);
        return true;
    }

    private Task SayAsync(string message) => error.WriteLineAsync("dna: " + message);
}

/// <summary>Who a command is in the network. Disposing disposes both.</summary>
/// <param name="Rsa">Signs and decrypts values.</param>
/// <param name="User">The user it belongs to; null for an identity of stock tools.</param>
internal sealed record NetworkIdentity(RsaIdentity Rsa, UserIdentity? User) : IDisposable
{
    public override string ToString() => Rsa.ToString();

    public void Dispose()
    {
        Rsa.Dispose();
        User?.Dispose();
    }
}
