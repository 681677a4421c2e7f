using Dna.Fast.Kademlia;
using Dna.Fast.Messenger.Tests.Fakes;
using Dna.Fast.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Hostile;

/// <summary>One kind of record: how Alice writes it, how Bob reads it, and what Mallory would have Bob read instead.</summary>
/// <remarks>What Bob makes of it is a text, so that all readers can be asked the same questions; it is empty when Bob believes nothing.</remarks>
internal abstract class HostileScene
{
    public const ushort Type = 0x1002;

    public static TimeSpan Deadline => TestClient.Deadline;

    public FakeNetwork Network { get; } = new();

    public FakeTimeProvider Time { get; } = new ImpatientClock();

    public TestClient Alice { get; }

    public TestClient Bob { get; }

    public TestClient Carol { get; }

    public TestClient Mallory { get; }

    protected HostileScene()
    {
        Alice = new TestClient(Network, Users.Fast(1), owner: 1, Time);
        Bob = new TestClient(Network, Users.Fast(2), owner: 2, Time);
        Carol = new TestClient(Network, Users.Fast(3), owner: 3, Time);
        Mallory = new TestClient(Network, Users.Fast(0x66), owner: 0x66, Time);
    }

    /// <summary>Seconds since 1970, later than anything that Alice writes, and not so late that a reader takes it for a wrong clock.</summary>
    protected ulong Later => Alice.Network.Now + 200;

    /// <summary>Where the record lies.</summary>
    protected abstract InfoHash Key { get; }

    /// <summary>What must be there whatever the test is about: published keys.</summary>
    public virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>Alice writes the first version, or the second over it.</summary>
    public abstract Task WriteAsync(int version);

    public abstract Task<string> ReadAsync();

    /// <summary>What Bob has to read after Alice wrote this version.</summary>
    public abstract string Expected(int version);

    /// <summary>Records that speak in Alice's name and that Alice did not write.</summary>
    public abstract IEnumerable<byte[]> Forged();

    /// <summary>Genuine records that belong elsewhere: another user's, or Alice's of another place.</summary>
    public abstract IEnumerable<byte[]> Foreign();

    /// <summary>Records that are longer or have more entries than their kind allows.</summary>
    public abstract IEnumerable<byte[]> Oversized();

    /// <summary>Puts a record where Alice's belongs, as whoever wants can do it: under an owner key and a value id of choice, or (without owner) unsigned.</summary>
    /// <param name="id">0 for a random one.</param>
    public virtual void Plant(byte[] data, byte[] owner, ulong id) => PlantAt(Key, data, owner, id);

    protected void PlantAt(InfoHash key, byte[] data, byte[] owner, ulong id)
    {
        if (owner.Length == 0) Network.PutUnsigned(key, data);
        else Network.Put(key, owner, new NewSecureValue { Id = id, Type = Type, Data = data });
    }
}

/// <summary>A record that lies in chunks.</summary>
internal abstract class ChunkedScene : HostileScene
{
    protected abstract string Base { get; }

    protected override InfoHash Key => DnaKeys.Chunk(Base, 0);

    public override void Plant(byte[] data, byte[] owner, ulong id) => PlantRecord(Base, data, owner, id);

    protected void PlantRecord(string baseKey, byte[] data, byte[] owner, ulong id)
    {
        foreach (Chunk chunk in ChunkedRecord.Split(data)) PlantAt(DnaKeys.Chunk(baseKey, (int)chunk.Index), ChunkCodec.Write(chunk), owner, id);
    }
}

/// <summary>A clock that stands still until a test moves it, and lets nobody wait for it: what a reader would pause for is there at once.</summary>
internal sealed class ImpatientClock() : FakeTimeProvider(TestClient.Clock().GetUtcNow())
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, TimeSpan.Zero, period);
}
