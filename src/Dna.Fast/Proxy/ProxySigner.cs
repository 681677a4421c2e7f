using Dna.Fast.Identity;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Proxy;

/// <summary>Signs and encrypts in the name of the proxy, and tells what was sent. Any thread.</summary>
internal sealed class ProxySigner : IDisposable
{
    private readonly RsaIdentity _identity;
    private readonly SecureDht _secure;
    private readonly SentDht _sent;

    /// <param name="identity">Belongs to the signer from now on.</param>
    public ProxySigner(IDht dht, RsaIdentity identity, IValueVerifier verifier, TimeProvider time)
    {
        _identity = identity;
        _sent = new SentDht(dht);
        _secure = new SecureDht(_sent, identity, verifier, time);
    }

    public InfoHash KeyId => _identity.KeyId;

    /// <summary>As <see cref="ISecureDht.PutSignedAsync"/>, with the packed value as it was sent last; empty when nothing was sent.</summary>
    public Task<(SecurePutAnswer Answer, byte[] Packed)> SignAsync(InfoHash key, NewSecureValue value, TimeSpan deadline, CancellationToken cancellation) =>
        SendAsync(() => _secure.PutSignedAsync(key, value, deadline, cancellation));

    /// <summary>As <see cref="ISecureDht.PutEncryptedAsync"/>, with the packed value as it was sent; empty when nothing was sent.</summary>
    public Task<(SecurePutAnswer Answer, byte[] Packed)> EncryptAsync(InfoHash key, KeyName recipient, NewSecureValue value, TimeSpan deadline, CancellationToken cancellation) =>
        SendAsync(() => _secure.PutEncryptedAsync(key, recipient, value, deadline, cancellation));

    public void Dispose() => _identity.Dispose();

    private async Task<(SecurePutAnswer Answer, byte[] Packed)> SendAsync(Func<Task<SecurePutAnswer>> put)
    {
        Sent sent = _sent.Watch();
        SecurePutAnswer answer = await put().ConfigureAwait(false);
        return (answer, sent.Packed);
    }

    private sealed class Sent
    {
        public byte[] Packed { get; set; } = [];
    }

    /// <summary>The network, and what a caller's own flow put into it.</summary>
    private sealed class SentDht(IDht dht) : IDht
    {
        private readonly AsyncLocal<Sent?> _watched = new();

        public Sent Watch() => _watched.Value = new Sent();

        public Task<PutAnswer> PutAsync(InfoHash key, ReadOnlyMemory<byte> packed, TimeSpan deadline, CancellationToken cancellation = default)
        {
            if (_watched.Value is { } sent) sent.Packed = packed.ToArray();
            return dht.PutAsync(key, packed, deadline, cancellation);
        }

        public Task<PermanentPut> PutPermanentAsync(InfoHash key, ReadOnlyMemory<byte> packed, TimeSpan deadline, CancellationToken cancellation = default) =>
            dht.PutPermanentAsync(key, packed, deadline, cancellation);

        public Task<GetAnswer> GetAsync(InfoHash key, ReadOnlyMemory<byte> where, TimeSpan deadline, CancellationToken cancellation = default) =>
            dht.GetAsync(key, where, deadline, cancellation);

        public Task<GetAnswer> GetAllAsync(InfoHash key, ReadOnlyMemory<byte> where, TimeSpan deadline, CancellationToken cancellation = default) =>
            dht.GetAllAsync(key, where, deadline, cancellation);

        public IAsyncEnumerable<ListenEvent> ListenAsync(InfoHash key, ReadOnlyMemory<byte> where, CancellationToken cancellation = default) => dht.ListenAsync(key, where, cancellation);

        public Task<InfoHash?> PingAsync(NodeAddress address, TimeSpan deadline, CancellationToken cancellation = default) => dht.PingAsync(address, deadline, cancellation);
    }
}
