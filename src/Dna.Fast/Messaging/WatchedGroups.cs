using Dna.Fast.Messenger;

namespace Dna.Fast.Messaging;

/// <summary>The groups that a command listens to, and which of their messages were shown, by it or by <c>dna group check</c>.</summary>
internal sealed class WatchedGroups(MessengerScene scene)
{
    /// <summary>Those we knew at the start, with the keys we had.</summary>
    public IReadOnlyList<WatchedGroup> All { get; private set; } = [];

    /// <summary>Reads which groups we know.</summary>
    /// <returns>False after a message.</returns>
    public async Task<bool> LoadAsync()
    {
        using StateTurn? turn = await StateTurn.TakeAsync(scene, GroupBook.Turn).ConfigureAwait(false);
        if (turn is null || TryLoad() is not { } book) return false;
        All = [.. book.All.Select(group => new WatchedGroup(group.Uuid, group.Creator) { Keys = group.Keys.ToDictionary(key => key.Version, key => key.Key) })];
        return true;
    }

    /// <summary>True for a message that was not shown yet; called and answered by <see cref="Keep"/> within one turn.</summary>
    /// <param name="name">Its group's name; null when it was sent to us alone.</param>
    public bool IsNew(ReceivedMessage message, out string? name)
    {
        name = null;
        if (message is not { Group: { } uuid, GroupId: { } id }) return true;
        KnownGroup? known = TryLoad()?.Find(uuid);
        name = known?.Name ?? uuid;
        return known?.Read.ContainsKey(id) != true;
    }

    /// <summary>Remembers a group's message as shown; who cannot shows it again at the next check.</summary>
    public void Keep(ReceivedMessage message)
    {
        if (message is not { Group: { } uuid, GroupId: { } id } || TryLoad() is not { } book || book.Find(uuid) is not { } known) return;
        try
        {
            book.Keep(known.WithRead([id], scene.Now * 1000));
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            Note(refusal);
        }
    }

    private GroupBook? TryLoad()
    {
        try
        {
            return GroupBook.Load(scene.Keys, scene.State, text => scene.Error.WriteLine("dna: " + text));
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            Note(refusal);
            return null;
        }
    }

    private void Note(Exception refusal) => scene.Error.WriteLine($"dna: the groups you know cannot be read or kept: {refusal.Message}");
}
