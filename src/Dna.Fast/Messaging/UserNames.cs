using Dna.Fast.Messenger;

namespace Dna.Fast.Messaging;

/// <summary>Names of users for people to read, each asked for once: the name that somebody rightly has.</summary>
/// <param name="time">For how long an answer that is not known stands.</param>
internal sealed class UserNames(ReaderScene scene, TimeProvider time)
{
    /// <summary>Digits of a fingerprint that stand for it where there is no name: 64 bits, so that nobody makes another with the same.</summary>
    private const int DigitsShown = 16;

    /// <summary>How long an answer that is not known stands: whoever shows many messages of one sender does not wait for each of them, and who watches all day is told when the network is back.</summary>
    private static readonly TimeSpan UnknownFor = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (string? Name, long? UnknownSince)> _names = [];

    /// <returns>Null when there is no name, or it is not known.</returns>
    public async Task<string?> OfAsync(string fingerprint)
    {
        if (_names.TryGetValue(fingerprint, out var known) && (known.UnknownSince is not { } since || time.GetElapsedTime(since) < UnknownFor)) return known.Name;
        string? name = null;
        Answer<Profile> profile = await scene.Services.Profiles.LoadAsync(fingerprint, scene.Deadline, cancellation: scene.Cancellation).ConfigureAwait(false);
        bool isKnown = IsKnown(profile.Code);
        if (profile.Value?.Name is { } claimed)
        {
            // A profile says what its user likes; the name is whose claim was first.
            Answer<Profile> owner = await scene.Services.Names.OwnerAsync(claimed.Name, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
            if (owner.Value?.Fingerprint == fingerprint) name = claimed.Name;
            isKnown = IsKnown(owner.Code);
        }

        _names[fingerprint] = (name, isKnown ? null : time.GetTimestamp());
        return name;
    }

    private static bool IsKnown(ResultCode code) => code is not (ResultCode.NetworkError or ResultCode.Timeout or ResultCode.NotInitialized);

    /// <summary>The name, or the beginning of the fingerprint.</summary>
    public async Task<string> ShownAsync(string fingerprint) => await OfAsync(fingerprint).ConfigureAwait(false) ?? fingerprint[..DigitsShown] + "…";
}
