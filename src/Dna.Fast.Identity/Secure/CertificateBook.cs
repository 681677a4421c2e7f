using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity;

/// <param name="Status">Of the look-up; Found exactly when there is a key.</param>
/// <param name="Spki">DER SubjectPublicKeyInfo.</param>
internal readonly record struct KeyFound(GetAnswerStatus Status, byte[]? Spki);

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
    public async Task<KeyFound> FindAsync(KeyName name, TimeSpan deadline, CancellationToken cancellation)
    {
        if (Known(name) is { } known) return new KeyFound(GetAnswerStatus.Found, known);
        GetAnswerStatus worst = GetAnswerStatus.Absent;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var open = name.Places().Select(place => LookAsync(place, name, deadline, end.Token)).ToList();
        try
        {
            while (open.Count > 0)
            {
                Task<KeyFound> first = await Task.WhenAny(open).ConfigureAwait(false);
                open.Remove(first);
                KeyFound place = await first.ConfigureAwait(false);
                if (place.Status == GetAnswerStatus.Found) return place;
                if (place.Status > worst) worst = place.Status;
            }
        }
        finally
        {
            // The other place is not waited for, and asked no further.
            await end.CancelAsync().ConfigureAwait(false);
        }

        return new KeyFound(worst, null);
    }

    private byte[]? Known(KeyName name)
    {
        if (name.KeyId is not null && _keys.TryGet(name with { LongId = null }, out byte[]? spki) && name.IsNameOf(spki)) return spki;
        return name.LongId is not null && _keys.TryGet(name with { KeyId = null }, out spki) && name.IsNameOf(spki) ? spki : null;
    }

    private async Task<KeyFound> LookAsync(InfoHash place, KeyName name, TimeSpan deadline, CancellationToken cancellation)
    {
        var left = new Deadline(time, deadline);
        GetAnswer first = await dht.GetAsync(place, OnlyCertificates, left.Left, cancellation).ConfigureAwait(false);
        if (first.Status != GetAnswerStatus.Found) return new KeyFound(first.Status, null);
        if (Choose(first.Values, name) is { } spki) return new KeyFound(GetAnswerStatus.Found, spki);

        // Somebody put another certificate there: the right one may lie beside it.
        GetAnswer all = await dht.GetAllAsync(place, OnlyCertificates, left.Left, cancellation).ConfigureAwait(false);
        if (Choose(all.Values, name) is { } other) return new KeyFound(GetAnswerStatus.Found, other);
        return new KeyFound(all.IsComplete ? GetAnswerStatus.Absent : GetAnswerStatus.TimedOut, null);
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
