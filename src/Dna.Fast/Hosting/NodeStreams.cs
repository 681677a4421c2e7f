using Dna.Fast.Hosting.Draining;
using Dna.Fast.Hosting.Stores;

namespace Dna.Fast.Hosting;

/// <summary>The conversations a running node holds over its status socket.</summary>
internal sealed class NodeStreams(DrainRun drain, StoreStreams store) : ISocketStreams
{
    public Func<Stream, CancellationToken, Task>? Find(string question) => drain.Find(question) ?? store.Find(question);
}
