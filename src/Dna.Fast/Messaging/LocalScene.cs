using Dna.Fast.Identity;

namespace Dna.Fast.Messaging;

/// <summary>What a messenger command works with that asks no network.</summary>
/// <param name="User">Who.</param>
/// <param name="State">Where this user's data is kept on this machine.</param>
internal sealed record LocalScene(TextWriter Output, TextWriter Error, bool IsJson, UserIdentity User, StateFolder State) : Speaker(Output, Error, IsJson);
