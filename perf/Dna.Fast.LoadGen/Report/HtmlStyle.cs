namespace Dna.Fast.LoadGen.Report;

/// <summary>
/// The style of report pages: light and dark as the reader's system says, one column on a phone. Nothing is loaded from elsewhere.
/// </summary>
internal static class HtmlStyle
{
    public const string Css = """
        :root { color-scheme: light dark; --bg: #f6f7f9; --card: #fff; --ink: #1c2530; --soft: #5b6775; --line: #e1e5ea; --one: #0b6e8f; --two: #c2570c; --bad: #b3261e; }
        @media (prefers-color-scheme: dark) { :root { --bg: #12161b; --card: #1a2027; --ink: #e6eaef; --soft: #9aa7b5; --line: #2c353f; --one: #4fc3e8; --two: #f2a15c; --bad: #f28b82; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--bg); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
        main { max-width: 980px; margin: 0 auto; padding: 24px 16px 48px; }
        h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; }
        h2 { font-size: 1.05rem; margin: 0 0 8px; }
        .sub { color: var(--soft); margin: 4px 0 20px; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin-bottom: 16px; }
        .tile, section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; }
        .tile b { display: block; font-size: 1.45rem; font-variant-numeric: tabular-nums; line-height: 1.3; }
        .tile span { color: var(--soft); font-size: .85rem; }
        .none { color: var(--soft); margin: 0; }
        .bad b, .bad { color: var(--bad); }
        section { margin-bottom: 16px; }
        svg { display: block; width: 100%; height: auto; }
        svg text { fill: var(--soft); font-size: 12px; font-family: inherit; }
        .g { stroke: var(--line); stroke-width: 1; }
        polyline { fill: none; stroke-width: 2; stroke-linejoin: round; }
        .s1 { stroke: var(--one); } .s2 { stroke: var(--two); }
        .key { display: flex; gap: 16px; color: var(--soft); font-size: .85rem; margin: 0 0 6px; padding: 0; list-style: none; }
        .key i { display: inline-block; width: 14px; height: 3px; vertical-align: middle; margin-right: 6px; border-radius: 2px; }
        .k1 { background: var(--one); } .k2 { background: var(--two); }
        .narrow { display: none; }
        @media (max-width: 620px) { .wide { display: none; } .narrow { display: block; } }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { text-align: left; padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        th { color: var(--soft); font-weight: 500; width: 12rem; }
        th.n { width: auto; }
        @media (max-width: 620px) {
          th { width: auto; }
          .tile:last-child:nth-child(odd) { grid-column: 1 / -1; }
          .scroll table { font-size: .75rem; }
          .scroll td, .scroll th { padding-right: 6px; }
        }
        tr:last-child td, tr:last-child th { border-bottom: 0; }
        td.n, th.n { text-align: right; white-space: nowrap; }
        td code { overflow-wrap: anywhere; }
        footer { color: var(--soft); font-size: .85rem; }
        """;
}
