using Dna.Fast.Messenger;

namespace Dna.Fast.Messaging;

/// <summary>What to say of a user who is not found.</summary>
internal static class UserTexts
{
    /// <param name="user">The name or fingerprint that was said.</param>
    public static CodeText[] Of(string user) =>
    [
        new(ResultCode.NotFound, user.Length <= NameRules.LookupLengthMax
            ? $"nobody has the name {user} (nodes answered); names end after a year unless they are renewed"
            : $"this user has published nothing yet (nodes answered): dna id publish does it"),
        new(ResultCode.InvalidParameter, $"'{user}' is neither a name, {NameRules.LengthMin} to {NameRules.LookupLengthMax} letters, digits, dots, underscores and hyphens, nor a fingerprint of 128 hexadecimal digits"),
    ];
}
