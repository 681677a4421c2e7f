using System.Text;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Contacts.Requests;

/// <summary>What goes into a request.</summary>
internal static class RequestTexts
{
    /// <summary>Longest message, in bytes: its field ends with a zero.</summary>
    private const int MessageBytesMax = ContactRequestCodec.MessageSize - 1;

    public static TextOption<string> Name() => Texts.Option(
        "--name", "How you are called [default: your registered name, else what the key file calls you]", "NAME", ("", ""), TryName, $"a text of at most {ContactRequestCodec.NameBytesMax} bytes");

    public static TextOption<string> Message() => Texts.Option(
        "--message", "Some words to go with it", "TEXT", ("", ""), TryMessage, $"a text of at most {MessageBytesMax} bytes");

    /// <summary>What we are called: what was said, else the registered name, else the key file's; cut to its field.</summary>
    public static async Task<string> OurNameAsync(Messaging.MessengerScene scene, string said)
    {
        if (said.Length > 0) return said;
        Answer<Profile> ours = await scene.Services.Profiles.LoadAsync(scene.Fingerprint, scene.Deadline, cancellation: scene.Cancellation).ConfigureAwait(false);
        string name = ours.Value?.Name is { } registered && registered.IsValidAt(scene.Now) ? registered.Name : scene.User.Name;
        return Encoding.UTF8.GetByteCount(name) <= ContactRequestCodec.NameBytesMax ? name : "";
    }

    private static bool TryName(string text, out string name) => Fits(text, ContactRequestCodec.NameBytesMax, out name);

    private static bool TryMessage(string text, out string message) => Fits(text, MessageBytesMax, out message);

    private static bool Fits(string text, int bytesMax, out string value)
    {
        value = text;
        return Encoding.UTF8.GetByteCount(text) <= bytesMax && !text.Contains('\0', StringComparison.Ordinal);
    }
}
