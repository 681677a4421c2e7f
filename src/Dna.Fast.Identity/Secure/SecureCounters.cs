namespace Dna.Fast.Identity;

/// <summary>The counts behind <see cref="SecureFigures"/>. Any thread.</summary>
internal sealed class SecureCounters
{
    private long _unsigned;
    private long _verified;
    private long _decrypted;
    private long _forged;
    private long _undecryptable;
    private long _unreadable;
    private long _foreignCertificates;
    private long _untried;

    public SecureFigures Figures => new(
        Interlocked.Read(ref _unsigned),
        Interlocked.Read(ref _verified),
        Interlocked.Read(ref _decrypted),
        Interlocked.Read(ref _forged),
        Interlocked.Read(ref _undecryptable),
        Interlocked.Read(ref _unreadable),
        Interlocked.Read(ref _foreignCertificates),
        Interlocked.Read(ref _untried));

    public void Count(OpenedAs outcome)
    {
        switch (outcome)
        {
            case OpenedAs.Unsigned: Interlocked.Increment(ref _unsigned); break;
            case OpenedAs.Verified: Interlocked.Increment(ref _verified); break;
            case OpenedAs.Decrypted: Interlocked.Increment(ref _decrypted); break;
            case OpenedAs.Forged: Interlocked.Increment(ref _forged); break;
            case OpenedAs.Undecryptable: Interlocked.Increment(ref _undecryptable); break;
            default: Interlocked.Increment(ref _unreadable); break;
        }
    }

    public void CountUntried() => Interlocked.Increment(ref _untried);

    public void CountForeignCertificate() => Interlocked.Increment(ref _foreignCertificates);
}
