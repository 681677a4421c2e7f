using System.Net;

namespace Dna.Fast.Messenger;

/// <summary>What a session stands on.</summary>
public sealed record SessionOptions
{
    /// <summary>The suites whose records are read.</summary>
    public required SuiteSet Suites { get; init; }

    /// <summary>Where each user's state is kept, in a folder named by the fingerprint; made when it is not there. Null: in memory, forgotten at the end.</summary>
    public string? Directory { get; init; }

    /// <summary>True: what was read of keys, names, profiles, groups and presences is believed for as long as <see cref="RecordCaches"/> say, and keys and profiles are kept in
    /// <see cref="Directory"/>. False: every call asks the network.</summary>
    public bool HasCaches { get; init; } = true;

    /// <summary>Direct delivery; null: off.</summary>
    public DirectOptions? Direct { get; init; }

    /// <summary>True: with contacts whose clients have this on too a salt is agreed upon, so that nobody else can tell who writes to whom by the keys. Needs <see cref="Directory"/>.
    /// False: nothing is offered or accepted; what was agreed upon goes on.</summary>
    public bool HasSaltedKeys { get; init; }

    /// <summary>Where others are told that the user can be reached (DNA layer, section 10.3): signed, again every four minutes until the session stops. Null: where messages are taken directly
    /// (<see cref="DirectOptions.Announce"/>), and nothing is told where none are.</summary>
    public IPEndPoint? Presence { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told in one sentence what a person should know: a damaged file that was set aside, state that could not be written. Any thread, never under a lock; must not throw.</summary>
    public Action<string>? Notify { get; init; }
}
