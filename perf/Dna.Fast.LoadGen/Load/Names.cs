namespace Dna.Fast.LoadGen.Load;

/// <summary>Words for people and for JSON.</summary>
internal static class Names
{
    public static string Of(Outcome outcome) => outcome switch
    {
        Outcome.Ok => "ok",
        Outcome.Timeout => "lost",
        Outcome.Unauthorized => "error-401",
        Outcome.NoKey => "error-203",
        Outcome.OtherError => "error-other",
        Outcome.NoToken => "no-token",
        Outcome.MissingValue => "missing-value",
        Outcome.WrongValue => "wrong-value",
        _ => "wrong-node",
    };

    public static string Of(Stray stray) => stray switch
    {
        Stray.Malformed => "malformed",
        Stray.Late => "late",
        Stray.Duplicate => "duplicate",
        Stray.Unexpected => "unexpected",
        Stray.Refused => "refused",
        Stray.NotSent => "not-sent",
        _ => "node-queries",
    };
}
