using static System.Numerics.BitOperations;

namespace Dna.Fast.Kademlia;

/// <summary>The permutation Keccak-f[1600] (FIPS 202, section 3.3). No branch and no index depends on the state.</summary>
internal static class Keccak
{
    /// <summary>64-bit words of the state.</summary>
    public const int Lanes = 25;

    // iota's constants, section 3.2.5: what the 8-bit register of algorithm 5 gives for 24 rounds.
    private static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B, 0x0000000080000001,
        0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
        0x000000000000800A, 0x800000008000000A, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    /// <param name="s">25 lanes; lane x + 5y.</param>
    public static void Permute(Span<ulong> s)
    {
        _ = s[Lanes - 1];
        ulong a0 = s[0], a1 = s[1], a2 = s[2], a3 = s[3], a4 = s[4];
        ulong b0 = s[5], b1 = s[6], b2 = s[7], b3 = s[8], b4 = s[9];
        ulong c0 = s[10], c1 = s[11], c2 = s[12], c3 = s[13], c4 = s[14];
        ulong d0 = s[15], d1 = s[16], d2 = s[17], d3 = s[18], d4 = s[19];
        ulong e0 = s[20], e1 = s[21], e2 = s[22], e3 = s[23], e4 = s[24];
        foreach (ulong constant in RoundConstants)
        {
            // theta: each lane takes the parities of the columns left and right of it.
            ulong p0 = a0 ^ b0 ^ c0 ^ d0 ^ e0, p1 = a1 ^ b1 ^ c1 ^ d1 ^ e1, p2 = a2 ^ b2 ^ c2 ^ d2 ^ e2;
            ulong p3 = a3 ^ b3 ^ c3 ^ d3 ^ e3, p4 = a4 ^ b4 ^ c4 ^ d4 ^ e4;
            ulong t0 = p4 ^ RotateLeft(p1, 1), t1 = p0 ^ RotateLeft(p2, 1), t2 = p1 ^ RotateLeft(p3, 1);
            ulong t3 = p2 ^ RotateLeft(p4, 1), t4 = p3 ^ RotateLeft(p0, 1);
            // rho and pi turn the lanes and move them: what is named by a row here becomes that row; chi then mixes it.
            ulong m0 = a0 ^ t0, m1 = RotateLeft(b1 ^ t1, 44), m2 = RotateLeft(c2 ^ t2, 43), m3 = RotateLeft(d3 ^ t3, 21), m4 = RotateLeft(e4 ^ t4, 14);
            ulong n0 = RotateLeft(a3 ^ t3, 28), n1 = RotateLeft(b4 ^ t4, 20), n2 = RotateLeft(c0 ^ t0, 3), n3 = RotateLeft(d1 ^ t1, 45), n4 = RotateLeft(e2 ^ t2, 61);
            ulong o0 = RotateLeft(a1 ^ t1, 1), o1 = RotateLeft(b2 ^ t2, 6), o2 = RotateLeft(c3 ^ t3, 25), o3 = RotateLeft(d4 ^ t4, 8), o4 = RotateLeft(e0 ^ t0, 18);
            ulong q0 = RotateLeft(a4 ^ t4, 27), q1 = RotateLeft(b0 ^ t0, 36), q2 = RotateLeft(c1 ^ t1, 10), q3 = RotateLeft(d2 ^ t2, 15), q4 = RotateLeft(e3 ^ t3, 56);
            ulong r0 = RotateLeft(a2 ^ t2, 62), r1 = RotateLeft(b3 ^ t3, 55), r2 = RotateLeft(c4 ^ t4, 39), r3 = RotateLeft(d0 ^ t0, 41), r4 = RotateLeft(e1 ^ t1, 2);
            a0 = m0 ^ (~m1 & m2) ^ constant; a1 = m1 ^ (~m2 & m3); a2 = m2 ^ (~m3 & m4); a3 = m3 ^ (~m4 & m0); a4 = m4 ^ (~m0 & m1);
            b0 = n0 ^ (~n1 & n2); b1 = n1 ^ (~n2 & n3); b2 = n2 ^ (~n3 & n4); b3 = n3 ^ (~n4 & n0); b4 = n4 ^ (~n0 & n1);
            c0 = o0 ^ (~o1 & o2); c1 = o1 ^ (~o2 & o3); c2 = o2 ^ (~o3 & o4); c3 = o3 ^ (~o4 & o0); c4 = o4 ^ (~o0 & o1);
            d0 = q0 ^ (~q1 & q2); d1 = q1 ^ (~q2 & q3); d2 = q2 ^ (~q3 & q4); d3 = q3 ^ (~q4 & q0); d4 = q4 ^ (~q0 & q1);
            e0 = r0 ^ (~r1 & r2); e1 = r1 ^ (~r2 & r3); e2 = r2 ^ (~r3 & r4); e3 = r3 ^ (~r4 & r0); e4 = r4 ^ (~r0 & r1);
        }

        (s[0], s[1], s[2], s[3], s[4]) = (a0, a1, a2, a3, a4);
        (s[5], s[6], s[7], s[8], s[9]) = (b0, b1, b2, b3, b4);
        (s[10], s[11], s[12], s[13], s[14]) = (c0, c1, c2, c3, c4);
        (s[15], s[16], s[17], s[18], s[19]) = (d0, d1, d2, d3, d4);
        (s[20], s[21], s[22], s[23], s[24]) = (e0, e1, e2, e3, e4);
    }
}
