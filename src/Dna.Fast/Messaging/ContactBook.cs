using Dna.Fast.Identity;
using Dna.Fast.Kademlia;
using Dna.Fast.Messenger;

namespace Dna.Fast.Messaging;

/// <summary>A user's contacts on this machine: the file <c>contacts</c>, sealed for the user as it is in the network (DNA layer, section 13).</summary>
/// <remarks>What is saved is merged with what the file has by then: commands that save in turn lose nothing of each other's.</remarks>
internal sealed class ContactBook(IUserKeys keys, StateFolder state)
{
    /// <summary>More than any list that the network takes.</summary>
    private const int BytesMax = 1 << 20;

    private readonly string _path = Path.Combine(state.OfUser, "contacts");

    /// <summary>Reads it.</summary>
    /// <param name="note">Told when a file was damaged and set aside.</param>
    /// <returns>The list, empty when there is none yet; null after a message when it cannot be read.</returns>
    public ContactList? Load(Action<string> note)
    {
        try
        {
            if (!File.Exists(_path)) return ContactList.Empty(keys.Fingerprint);
            RecordStatus status = ContactListCodec.Open(PrivateFile.Read(_path, BytesMax), keys, out ContactList? list);
            if (status == RecordStatus.Ok) return list;
            if (status == RecordStatus.UnknownVersion)
            {
                note($"{_path} was written by a newer version of dna, and is left as it is");
                return null;
            }

            string aside = StateFolder.SetAside(_path);
            note($"{_path} is damaged and was set aside as {aside}; dna contacts pull brings the network's copy");
            return ContactList.Empty(keys.Fingerprint);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            note($"the contacts cannot be read: {refusal.Message}");
            return null;
        }
    }

    /// <summary>Keeps a list.</summary>
    /// <returns>False after a message.</returns>
    public bool Save(ContactList list, Action<string> note)
    {
        try
        {
            state.Prepare();
            if (Load(note) is not { } present) return false;
            ContactList merged = ContactList.Merge(keys.Fingerprint, [present, list], Math.Max(present.Timestamp, list.Timestamp));
            if (ContactListCodec.Seal(keys, merged) is not { } data) return false;
            PrivateFile.Write(_path, data);
            return true;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            note($"the contacts cannot be kept: {refusal.Message}");
            return false;
        }
    }
}
