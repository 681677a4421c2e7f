using Dna.Fast.Messenger;

namespace Dna.Fast.Messaging;

/// <summary>Names of users for people to read, each asked for once: the name that somebody rightly has.</summary>
internal sealed class UserNames(ReaderScene scene)
{
    /// <summary>Digits of a fingerprint that stand for it where there is no name: 64 bits, so that nobody makes another with the same.</summary>
    private const int DigitsShown = 16;

    private readonly Dictionary<string, string?> _names = [];

    /// <returns>Null when there is no name, or it is not known.</returns>
    public async Task<string?> OfAsync(string fingerprint)
    {
        if (_names.TryGetValue(fingerprint, out string? name)) return name;
        Answer<Profile> profile = await scene.Services.Profiles.LoadAsync(fingerprint, scene.Deadline, cancellation: scene.Cancellation).ConfigureAwait(false);
        if (profile.Value?.Name is { } claimed)
        {
            // A profile says what its user likes; the name is whose claim was first.
            Answer<Profile> owner = await scene.Services.Names.OwnerAsync(claimed.Name, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
            if (owner.Value?.Fingerprint == fingerprint) name = claimed.Name;
        }

        _names[fingerprint] = name;
        return name;
    }

    /// <summary>The name, or the beginning of the fingerprint.</summary>
    public async Task<string> ShownAsync(string fingerprint) => await OfAsync(fingerprint).ConfigureAwait(false) ?? fingerprint[..DigitsShown] + "…";
}
