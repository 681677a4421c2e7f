using Dna.Fast.Identities;
using Dna.Fast.Messenger;

namespace Dna.Fast.Messaging;

/// <summary>What a user's commands have read of others' keys and profiles (DNA layer, section 16): in files of the state folder, so that the next command need not ask again. Disposing keeps it.</summary>
internal sealed class UserCaches : IDisposable
{
    private UserCaches(CacheManager manager, RecordCaches records)
    {
        Manager = manager;
        Records = records;
    }

    public CacheManager Manager { get; }

    public RecordCaches Records { get; }

    /// <summary>Opens them; where the folder cannot be used they begin empty, and are forgotten.</summary>
    public static UserCaches Open(Surroundings surroundings, StateFolder state)
    {
        bool isKept = true;
        try
        {
            state.Prepare();
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            // A cache is no reason to fail: whoever needs the folder says what is wrong with it.
            isKept = false;
        }

        var manager = new CacheManager(TimeProvider.System, isKept ? state.Root : null);
        return new UserCaches(manager, new RecordCaches(manager, surroundings.RecordSuites, state.Fingerprint));
    }

    public void Dispose() => Manager.Dispose();
}
