using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.Tests.Store;

namespace Dna.Fast.Storage.Tests;

/// <summary>The durable store under the suite of all stores, with memory for a fraction of its values so that the disk is read as well.</summary>
public sealed class FasterValueStoreConformanceTests : ValueStoreConformance
{
    private readonly StoreFolder _folder = new();

    protected override IValueStore Create() => _folder.Open();

    public override void Dispose()
    {
        base.Dispose();
        _folder.Dispose();
    }
}
