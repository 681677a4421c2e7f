using Dna.Fast.Identity;

namespace Dna.Fast.Messenger.Tests.Network;

/// <summary>The owner keys of three nodes, made once for all tests.</summary>
public sealed class OwnerKeys : IAsyncLifetime
{
    // One has the original's size, as what fits into a value depends on it; the others are small, as making one takes a while.
    private readonly Task<RsaIdentity[]> _made = Task.WhenAll(
        new[] { 2048, 4096, 2048 }.Select(bits => RsaIdentity.GenerateAsync(bits, CertificateForm.SelfSigned, TimeProvider.System)));

    public RsaIdentity[] Identities { get; private set; } = [];

    public async ValueTask InitializeAsync() => Identities = await _made;

    public ValueTask DisposeAsync()
    {
        foreach (RsaIdentity identity in Identities) identity.Dispose();
        return ValueTask.CompletedTask;
    }
}
