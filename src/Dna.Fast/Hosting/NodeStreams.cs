using Dna.Fast.Hosting.Draining;

namespace Dna.Fast.Hosting;

/// <summary>The conversations a running node holds over its status socket.</summary>
internal sealed class NodeStreams(DrainRun drain) : ISocketStreams
{
    public Func<Stream, CancellationToken, Task>? Find(string question) => drain.Find(question);
}
