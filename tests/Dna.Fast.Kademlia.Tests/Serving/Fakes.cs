using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Serving;

/// <summary>Writes down what the packet thread hands to the owner.</summary>
internal sealed class RecordingInbox : INodeInbox
{
    /// <summary>False: nothing is kept, for tests that count allocations.</summary>
    public bool Records { get; set; } = true;

    public List<string> Told { get; } = [];

    public List<ReassembledMessage> Whole { get; } = [];

    public void Heard(in InfoHash id, in NodeAddress address) => Note(Records ? $"heard {address}" : "");

    public void Answer(in Route from, ReadOnlySpan<byte> datagram) => Note(Records ? $"answer {datagram.Length}" : "");

    public void Update(in Route from, ReadOnlySpan<byte> datagram) => Note(Records ? $"update {datagram.Length}" : "");

    public void Assembled(in Route from, ReassembledMessage message) => Whole.Add(message);

    public void Listen(in Route from, uint transaction, in InfoHash id, in InfoHash key, uint socketId, uint listenVersion, ReadOnlySpan<byte> query) =>
        Note(Records ? $"listen t {transaction} sid {socketId} ve {listenVersion} query {query.Length}" : "");

    public void Changed(in InfoHash key, ulong valueId, ValueChange change) => Note(Records ? $"{change} {valueId}" : "");

    public void Post(Action action) => action();

    private void Note(string what)
    {
        if (Records) Told.Add(what);
    }
}

/// <summary>A store in memory that commits only when told, as a disk does, and may be full.</summary>
internal sealed class SlowStore : IValueStore
{
    private readonly MemoryValueStore _inner = new();
    private long _ticket;
    private long _committed;
    private IStoreObserver? _observer;

    public bool IsFull { get; set; }

    /// <summary>How often somebody asked for a commit.</summary>
    public int CommitsRequested { get; private set; }

    public void RequestCommit() => CommitsRequested++;

    public long CommittedTicket => Volatile.Read(ref _committed);

    public StoreStatistics Statistics => _inner.Statistics;

    /// <summary>Everything so far is on the disk. Any thread.</summary>
    public void Commit()
    {
        Volatile.Write(ref _committed, Volatile.Read(ref _ticket));
        _observer?.Committed();
    }

    public void Observe(IStoreObserver observer)
    {
        _observer = observer;
        _inner.Observe(observer);
    }

    public void Read(in InfoHash key, long nowUnixMs, IValueVisitor visitor) => _inner.Read(key, nowUnixMs, visitor);

    public bool ReadOne(in InfoHash key, ulong valueId, long nowUnixMs, IValueVisitor visitor) => _inner.ReadOne(key, valueId, nowUnixMs, visitor);

    public bool Contains(in InfoHash key, long nowUnixMs) => _inner.Contains(key, nowUnixMs);

    public PutResult Put(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed, bool durable, long nowUnixMs, IEditPolicy policy) =>
        IsFull ? new PutResult(PutStatus.StoreFull, 0) : WithTicket(_inner.Put(key, slot, packed, durable, nowUnixMs, policy), durable);

    public PutResult Refresh(in InfoHash key, ulong valueId, long createdUnixMs, long expiresUnixMs, bool durable, long nowUnixMs) =>
        WithTicket(_inner.Refresh(key, valueId, createdUnixMs, expiresUnixMs, durable, nowUnixMs), durable);

    public bool Remove(in InfoHash key, ulong valueId) => _inner.Remove(key, valueId);

    public void Dispose() => _inner.Dispose();

    private PutResult WithTicket(PutResult result, bool durable) =>
        durable && result.Status is (PutStatus.Stored or PutStatus.Replaced or PutStatus.Refreshed)
            ? result with { Ticket = Interlocked.Increment(ref _ticket) }
            : result;
}

/// <summary>The real algorithm, from the platform; counts its calls and can be held back.</summary>
internal sealed class RsaVerifier : IValueVerifier
{
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>When set, each check waits for it.</summary>
    public ManualResetEventSlim? Gate { get; set; }

    public bool Verify(ReadOnlySpan<byte> ownerSpki, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature)
    {
        Interlocked.Increment(ref _calls);
        Gate?.Wait(TimeSpan.FromSeconds(30));
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportSubjectPublicKeyInfo(ownerSpki, out _);
            return rsa.VerifyData(body, signature, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public byte[]? ReadCertificateKey(ReadOnlySpan<byte> data)
    {
        try
        {
            using X509Certificate2 certificate = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(data));
            return certificate.PublicKey.ExportSubjectPublicKeyInfo();
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}

/// <summary>Somebody with a key, who signs values and certificates.</summary>
internal sealed class Signer
{
    private readonly RSA _rsa = RSA.Create(2048);

    public byte[] Spki => _rsa.ExportSubjectPublicKeyInfo();

    public byte[] Sign(ulong id, ushort seq, string data, ushort type = 0)
    {
        byte[] owner = Spki;
        var value = new ValueView { Id = id, Seq = seq, Owner = owner, Type = type, Data = Encoding.UTF8.GetBytes(data), UserType = "text/plain"u8 };
        var body = new byte[4096];
        int length = ValueWriter.WriteBody(body, value);
        value.Signature = _rsa.SignData(body.AsSpan(0, length), HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1);
        return ServingBench.Pack(value);
    }

    public byte[] Certificate()
    {
        var request = new CertificateRequest("CN=test", _rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return ServingBench.Pack(new ValueView { Id = 1, Type = 8, Data = Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()) });
    }
}
