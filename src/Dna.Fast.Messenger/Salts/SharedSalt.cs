using System.Security.Cryptography;

namespace Dna.Fast.Messenger;

/// <summary>What we share with one contact. Both directions use it.</summary>
/// <param name="Salt">32 bytes.</param>
/// <param name="Time">When it was offered, in seconds since 1970: the newest counts.</param>
internal sealed record SharedSalt(ReadOnlyMemory<byte> Salt, ulong Time)
{
    /// <summary>Seconds after which an offer that nobody answered is made again: it lived for so long.</summary>
    private const ulong OfferedAgainSeconds = RecordLimits.WeekSeconds;

    /// <summary>Seconds for which each reading looks at the places before this one too, without salt and of the salt before: what was sent there on the last day lives for a week, and clocks may be a week apart.</summary>
    private const ulong PlainSeconds = 2 * RecordLimits.WeekSeconds;

    /// <summary>Seconds between two readings of those places later: another device of the contact, or one that lost its folder, writes there.</summary>
    private const ulong PlainAgainSeconds = 86_400;

    /// <summary>Seconds by which a contact's clock may be ahead.</summary>
    private const ulong AheadSecondsMax = 86_400;

    /// <summary>True: the contact is known to read at the salted place, so we write there. Until then both places are read, and the one without salt is written.</summary>
    public bool IsAgreed { get; init; }

    /// <summary>Until this second each reading looks at the places before this one too.</summary>
    public ulong PlainUntil { get; init; }

    /// <summary>When those places were read last, all of them.</summary>
    public ulong PlainRead { get; init; }

    /// <summary>The salt that this one replaced; empty for none.</summary>
    public ReadOnlyMemory<byte> Before { get; init; }

    public static SharedSalt New(ulong now) => new(RandomNumberGenerator.GetBytes(SaltNote.SaltBytes), now);

    /// <summary>True when the places before this one are to be read too.</summary>
    public bool ReadsOthers(ulong now) => !IsAgreed || now < PlainUntil || now >= PlainRead + PlainAgainSeconds || now < PlainRead;

    public SharedSalt Agreed(ulong now) => IsAgreed ? this : this with { IsAgreed = true, PlainUntil = now + PlainSeconds };

    /// <summary>True when we may offer one: there is none, or nobody answered for a week.</summary>
    public static bool MayOffer(SharedSalt? present, ulong now) => present is null || (!present.IsAgreed && now >= present.Time + OfferedAgainSeconds);

    /// <summary>What is known after a note: the newest salt counts, and of two that were offered in one second the greater one, so that all come to the same.</summary>
    /// <remarks>A contact accepts what another device of ours may have offered: then this one goes there too.</remarks>
    /// <returns>Null when the note does not count.</returns>
    public static SharedSalt? After(SharedSalt? present, SaltNote note, ulong now)
    {
        if (note.Time > now + AheadSecondsMax) return null;
        SharedSalt next = new(note.Salt, note.Time);
        if (present is not null)
        {
            int order = note.Salt.Span.SequenceCompareTo(present.Salt.Span);
            if (order != 0 && (note.Time < present.Time || (note.Time == present.Time && order < 0))) return null;
            next = order == 0 ? present with { Time = Math.Max(present.Time, note.Time) } : next with { Before = present.Salt };
        }

        return note.Kind == SaltNoteKind.Accept ? next.Agreed(now) : next;
    }
}
