using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Load;

/// <summary>The <c>listen</c> query: too rare to need a template.</summary>
internal static class ListenQuery
{
    /// <summary>Writes the datagram; the request's value id is the socket id.</summary>
    /// <returns>Its length.</returns>
    public static int Write(Span<byte> to, Source source, in Request request, uint transaction, KeySpace keys) =>
        QueryWriter.Listen(to, source.Self, transaction, keys.Key(request.Key), source.Token, (uint)request.ValueId, default);
}
