using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity;

/// <summary>Public keys by their names: cached, or from certificates in the network, looked up at both places of the wire specification's section 4.6. Any thread.</summary>
/// <remarks>A certificate proves itself: its key must hash to the name. So nothing in the cache can become wrong, and it is bounded by count alone.</remarks>
internal sealed class CertificateBook(IDht dht, TimeProvider time, SecureCounters counters)
{
    /// <summary>Names in one generation of the cache: twice as many at most, of about half a kilobyte each.</summary>
    private const int GenerationMax = 1024;

    private static readonly byte[] OnlyCertificates = ValueFilter.Pack([new ValueFilter(ValueField.Type, TypeRegistry.Certificate, null)]);

    private readonly RecentMap<KeyName, byte[]> _keys = new(GenerationMax);

    /// <summary>Keeps a key that is known already.</summary>
    public void Add(byte[] spki)
    {
        KeyName both = KeyName.OfKey(spki);
        _keys.Set(both with { LongId = null }, spki);
        _keys.Set(both with { KeyId = null }, spki);
    }

    /// <returns>Found with the DER SubjectPublicKeyInfo; Absent only when both places were looked through, else why one was not.</returns>
    public async Task<KeyAnswer> FindAsync(KeyName name, TimeSpan deadline, CancellationToken cancellation)
    {
        if (Known(name) is { } known) return new KeyAnswer(GetAnswerStatus.Found, known);
        GetAnswerStatus worst = GetAnswerStatus.Absent;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var open = name.Places().Select(place => LookAsync(place, name, deadline, end.Token)).ToList();
        try
        {
            while (open.Count > 0)
            {
                Task<KeyAnswer> first = await Task.WhenAny(open).ConfigureAwait(false);
                open.Remove(first);
                KeyAnswer place = await first.ConfigureAwait(false);
                if (place.Status == GetAnswerStatus.Found) return place;
                if (place.Status > worst) worst = place.Status;
            }
        }
        finally
        {
            // The other place is not waited for, and asked no further.
            await end.CancelAsync().ConfigureAwait(false);
        }

        return new KeyAnswer(worst, null);
    }

    private byte[]? Known(KeyName name)
    {
        if (name.KeyId is not null && _keys.TryGet(name with { LongId = null }, out byte[]? spki) && name.IsNameOf(spki)) return spki;
        return name.LongId is not null && _keys.TryGet(name with { KeyId = null }, out spki) && name.IsNameOf(spki) ? spki : null;
    }

    private async Task<KeyAnswer> LookAsync(InfoHash place, KeyName name, TimeSpan deadline, CancellationToken cancellation)
    {
        var left = new Deadline(time, deadline);
        GetAnswer first = await dht.GetAsync(place, OnlyCertificates, left.Left, cancellation).ConfigureAwait(false);
        if (first.Status != GetAnswerStatus.Found) return new KeyAnswer(first.Status, null);
        if (Choose(first.Values, name) is { } spki) return new KeyAnswer(GetAnswerStatus.Found, spki);

        // Somebody put another certificate there: the right one may lie beside it.
        GetAnswer all = await dht.GetAllAsync(place, OnlyCertificates, left.Left, cancellation).ConfigureAwait(false);
        if (Choose(all.Values, name) is { } other) return new KeyAnswer(GetAnswerStatus.Found, other);
        return new KeyAnswer(all.IsComplete ? GetAnswerStatus.Absent : GetAnswerStatus.TimedOut, null);
    }

    private byte[]? Choose(IReadOnlyList<FoundValue> values, KeyName name)
    {
        foreach (FoundValue found in values)
        {
            if (ValueReader.Read(found.Packed.Span, out ValueView value, out _) != DecodeStatus.Ok || value.IsEncrypted || value.Type != TypeRegistry.Certificate) continue;
            if (CertificateReader.ReadKey(value.Data) is { } spki && name.IsNameOf(spki))
            {
                Add(spki);
                return spki;
            }

            counters.CountForeignCertificate();
        }

        return null;
    }
}
