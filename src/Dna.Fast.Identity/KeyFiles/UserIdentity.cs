using System.Text;

namespace Dna.Fast.Identity;

/// <summary>All secrets of one user: the keys of a suite, the master they came from when there is one, and the DHT identity when there is one. Disposing zeroes and disposes them.</summary>
/// <remarks>One thread at a time. ToString tells suite and fingerprint only.</remarks>
public sealed class UserIdentity : IDisposable
{
    /// <summary>Bytes of a name in UTF-8, at most: a line on a screen, several times.</summary>
    public const int NameBytesMax = 255;

    private readonly SecretBytes? _master;

    private UserIdentity(IIdentitySuite suite, IIdentityKeys keys, SecretBytes? master, string name)
    {
        if (!IsName(name)) throw new ArgumentException($"A name has at most {NameBytesMax} bytes and no control characters.", nameof(name));
        Suite = suite;
        Keys = keys;
        Name = name;
        _master = master;
    }

    public IIdentitySuite Suite { get; }

    public IIdentityKeys Keys { get; }

    /// <summary>What its owner calls it; may be empty. It is not secret.</summary>
    public string Name { get; }

    /// <summary>What owns the user's signed values in the network; null when there is none yet.</summary>
    public RsaIdentity? Dht { get; private set; }

    /// <summary>True when it came from a mnemonic: then the DHT identity can be derived.</summary>
    public bool HasMaster => _master is not null;

    /// <summary>The identity of a mnemonic.</summary>
    /// <param name="master">64 bytes of <see cref="Mnemonic.DeriveMaster"/>; copied.</param>
    public static UserIdentity FromMaster(IIdentitySuite suite, ReadOnlySpan<byte> master, string name) =>
        new(suite, suite.FromMaster(master), SecretBytes.Copy(master), name);

    /// <summary>An identity of keys that came from elsewhere.</summary>
    /// <param name="keys">Of that suite; owned by the identity from now on.</param>
    public static UserIdentity FromKeys(IIdentitySuite suite, IIdentityKeys keys, string name) => new(suite, keys, null, name);

    /// <summary>True when this can be a name: at most <see cref="NameBytesMax"/> bytes and no control characters.</summary>
    public static bool IsName(string name) => Encoding.UTF8.GetByteCount(name) <= NameBytesMax && !name.Any(char.IsControl);

    /// <summary>Derives the DHT identity from the master and takes it (DNA layer, section 2.3). Seconds, off the caller's thread.</summary>
    /// <param name="bits">Size of the RSA key: another size is another identity.</param>
    /// <exception cref="InvalidOperationException">There is no master.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task DeriveDhtAsync(int bits, CancellationToken cancellation)
    {
        if (_master is null) throw new InvalidOperationException("Without a master nothing can be derived.");
        Task<RsaIdentity> derivation;
        using (var seed = new SecretBytes(MasterSeeds.Bytes))
        {
            MasterSeeds.DeriveDht(_master.Span, seed.Span);
            // Copied before it returns.
            derivation = RsaIdentity.DeriveAsync(seed.Memory, bits, cancellation);
        }

        TakeDht(await derivation.ConfigureAwait(false));
    }

    /// <summary>Takes a DHT identity in the place of the one there is.</summary>
    /// <param name="identity">Owned from now on.</param>
    public void TakeDht(RsaIdentity identity)
    {
        if (!ReferenceEquals(identity, Dht)) Dht?.Dispose();
        Dht = identity;
    }

    /// <summary>Copies the master.</summary>
    /// <returns>Null when there is none; else 64 bytes, which the caller disposes.</returns>
    internal SecretBytes? CopyMaster() => _master is null ? null : SecretBytes.Copy(_master.Span);

    public override string ToString() => $"{Suite.Name} identity {Keys.Fingerprint}";

    public void Dispose()
    {
        _master?.Dispose();
        Keys.Dispose();
        Dht?.Dispose();
    }
}
