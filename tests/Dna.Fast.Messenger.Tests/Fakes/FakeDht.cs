using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger.Tests.Fakes;

/// <summary>One client of a <see cref="FakeNetwork"/>.</summary>
internal sealed class FakeDht(FakeNetwork network, byte[] owner) : ISecureDht, IDht
{
    private readonly ConcurrentDictionary<(InfoHash Key, ulong Id), int> _put = new();

    /// <summary>Announcements that were not ended.</summary>
    public int Announced { get; private set; }

    /// <summary>Addresses that answer a ping.</summary>
    public HashSet<NodeAddress> Alive { get; } = [];

    public IDht Plain => this;

    public ReadOnlyMemory<byte> OwnerKey => owner;

    public InfoHash OwnerId => InfoHash.Of(owner);

    public LongId OwnerLongId => LongId.Of(owner);

    public async Task<SecurePutAnswer> PutSignedAsync(InfoHash key, NewSecureValue value, TimeSpan deadline, CancellationToken cancellation = default)
    {
        // A real network takes a while: others get their turn.
        await Task.Yield();
        cancellation.ThrowIfCancellationRequested();
        // What this client put itself counts as known.
        if (value.ExpectedSeq is { } expected && _put.TryGetValue((key, value.Id), out int own) && own > expected) value = value with { ExpectedSeq = own };
        SecurePutAnswer answer = network.Put(key, owner, value);
        if (answer.Status == SecurePutStatus.Acknowledged) _put[(key, value.Id)] = answer.Seq;
        return answer;
    }

    public async Task<SecurePermanentPut> PutSignedPermanentAsync(InfoHash key, NewSecureValue value, TimeSpan deadline, CancellationToken cancellation = default)
    {
        SecurePutAnswer answer = await PutSignedAsync(key, value, deadline, cancellation);
        if (answer.Status == SecurePutStatus.SlotTaken) return new SecurePermanentPut(answer, announcement: null);
        Announced++;
        return new SecurePermanentPut(answer, new Announcement(this));
    }

    public Task<SecurePutAnswer> DeleteAsync(InfoHash key, ulong valueId, TimeSpan deadline, CancellationToken cancellation = default) =>
        PutSignedAsync(key, new NewSecureValue { Id = valueId }, deadline, cancellation);

    public Task<SecureGetAnswer> GetAsync(InfoHash key, ReadOnlyMemory<byte> where, TimeSpan deadline, CancellationToken cancellation = default) =>
        GetAllAsync(key, where, deadline, cancellation);

    public async Task<SecureGetAnswer> GetAllAsync(InfoHash key, ReadOnlyMemory<byte> where, TimeSpan deadline, CancellationToken cancellation = default)
    {
        await Task.Yield();
        cancellation.ThrowIfCancellationRequested();
        return network.Get(key);
    }

    public async Task<InfoHash?> PingAsync(NodeAddress address, TimeSpan deadline, CancellationToken cancellation = default)
    {
        await Task.Yield();
        return Alive.Contains(address) ? InfoHash.Of([1]) : null;
    }

    public async IAsyncEnumerable<SecureListenEvent> ListenAsync(InfoHash key, ReadOnlyMemory<byte> where, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        Channel<SecureListenEvent> heard = network.Listen(key);
        try
        {
            await foreach (SecureListenEvent change in heard.Reader.ReadAllAsync(cancellation)) yield return change;
        }
        finally
        {
            network.EndListening(key, heard);
        }
    }

    Task<SecurePutAnswer> ISecureDht.PutEncryptedAsync(InfoHash key, KeyName recipient, NewSecureValue value, TimeSpan deadline, CancellationToken cancellation) => throw new NotSupportedException();

    Task<SecurePermanentPut> ISecureDht.PutEncryptedPermanentAsync(InfoHash key, KeyName recipient, NewSecureValue value, TimeSpan deadline, CancellationToken cancellation) =>
        throw new NotSupportedException();

    Task<SecurePermanentPut> ISecureDht.PublishCertificateAsync(TimeSpan deadline, CancellationToken cancellation) =>
        PutSignedPermanentAsync(OwnerId, new NewSecureValue { Id = 1, Type = 8, Data = new byte[] { 1 } }, deadline, cancellation);

    Task<KeyAnswer> ISecureDht.FindKeyAsync(KeyName name, TimeSpan deadline, CancellationToken cancellation) => throw new NotSupportedException();

    Task<PutAnswer> IDht.PutAsync(InfoHash key, ReadOnlyMemory<byte> packed, TimeSpan deadline, CancellationToken cancellation) => throw new NotSupportedException();

    Task<PermanentPut> IDht.PutPermanentAsync(InfoHash key, ReadOnlyMemory<byte> packed, TimeSpan deadline, CancellationToken cancellation) => throw new NotSupportedException();

    Task<GetAnswer> IDht.GetAsync(InfoHash key, ReadOnlyMemory<byte> where, TimeSpan deadline, CancellationToken cancellation) => throw new NotSupportedException();

    Task<GetAnswer> IDht.GetAllAsync(InfoHash key, ReadOnlyMemory<byte> where, TimeSpan deadline, CancellationToken cancellation) => throw new NotSupportedException();

    IAsyncEnumerable<ListenEvent> IDht.ListenAsync(InfoHash key, ReadOnlyMemory<byte> where, CancellationToken cancellation) => throw new NotSupportedException();

    private sealed class Announcement(FakeDht dht) : IDisposable
    {
        private bool _isEnded;

        public void Dispose()
        {
            if (!_isEnded) dht.Announced--;
            _isEnded = true;
        }
    }
}
