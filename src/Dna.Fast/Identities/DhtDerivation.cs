using System.Globalization;
using Dna.Fast.Identity;

namespace Dna.Fast.Identities;

/// <summary>Derives a DHT identity in front of a waiting person.</summary>
internal static class DhtDerivation
{
    private static readonly TimeSpan BetweenDots = TimeSpan.FromSeconds(1);

    /// <summary>Derives, and says so on <paramref name="error"/>: a dot for each second.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async Task RunAsync(UserIdentity identity, int bits, TextWriter error, CancellationToken cancellation)
    {
        await error.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"dna: deriving the DHT identity (RSA-{bits}), which is done once ")).ConfigureAwait(false);
        Task derivation = identity.DeriveDhtAsync(bits, cancellation);
        while (await Task.WhenAny(derivation, Task.Delay(BetweenDots, CancellationToken.None)).ConfigureAwait(false) != derivation)
        {
            await error.WriteAsync('.').ConfigureAwait(false);
            await error.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }

        await error.WriteLineAsync().ConfigureAwait(false);
        await derivation.ConfigureAwait(false);
    }
}
