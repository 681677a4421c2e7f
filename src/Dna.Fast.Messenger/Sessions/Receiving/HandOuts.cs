namespace Dna.Fast.Messenger;

/// <summary>Messages that are handed out right now, so that several enumerations hand out none twice. Any thread; bounded by the number of enumerations, for each has one at a time.</summary>
internal sealed class HandOuts
{
    private readonly Lock _lock = new();
    private readonly HashSet<MessageDigest> _messages = [];

    /// <returns>False when another has it.</returns>
    public bool TryBegin(MessageDigest message)
    {
        lock (_lock) return _messages.Add(message);
    }

    public void End(MessageDigest message)
    {
        lock (_lock) _messages.Remove(message);
    }
}
