using Dna.Fast.Proxy;

namespace Dna.Fast.Fuzz.Targets;

/// <summary>What whoever reaches the REST proxy sends it.</summary>
internal static class ProxyTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new(
            "value-object", FuzzFormat.Json,
            [
                """{"data":"aGVsbG8=","id":"18446744073709551615","prio":1,"type":3,"utype":"text/plain"}"""u8.ToArray(),
                """{"cypher":"AAECAwQ=","id":7,"pt":"push","permanent":{"key":"token"}}"""u8.ToArray(),
                """{"data":"","owner":"-----BEGIN PUBLIC KEY-----\nMAAA\n-----END PUBLIC KEY-----\n","seq":2,"sig":"eA==","to":"0123456789abcdef0123456789abcdef01234567","type":0,"permanent":true}"""u8.ToArray(),
            ],
            Read) { AllocatedPerByte = 256 },
    ];

    private static bool Read(byte[] input)
    {
        if (ValueObject.Read(input, out string? problem) is not { } read)
        {
            if (string.IsNullOrEmpty(problem)) throw new FuzzFailure("refused without a reason");
            return false;
        }

        if (!read.TryPack(out byte[] packed, out problem))
        {
            if (string.IsNullOrEmpty(problem)) throw new FuzzFailure("refused without a reason");
            return false;
        }

        byte[] line = ValueObject.Write(packed) ?? throw new FuzzFailure("what was packed cannot be written");
        if (line.AsSpan().IndexOf((byte)'\n') != line.Length - 1) throw new FuzzFailure("more than one line");
        if (ValueObject.Read(line.AsMemory(0, line.Length - 1), out _) is not { } again || !again.TryPack(out byte[] same, out _)) throw new FuzzFailure("what was written is not read");
        if (!packed.AsSpan().SequenceEqual(same)) throw new FuzzFailure("another value after writing");
        return true;
    }
}
