using System.Security.Cryptography;
using Dna.Fast.LoadGen.Compare;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Tests.Kit;
using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Tests;

public sealed class SignedPutTests : IDisposable
{
    private const int Owners = 5, Count = 23, DataBytes = 100, Bits = 2048;
    private static readonly SignedValues Values = SignedValues.Sign(SignedOwners.Make(Owners, Bits), Count, DataBytes, 0x1001);
    private static readonly Sender Self = new(InfoHash.OfKey("self"), 0, false);
    private readonly string _folder = Directory.CreateTempSubdirectory("dna-load-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_value_verifies_under_an_owner_and_no_two_signatures_are_alike()
    {
        Assert.Equal(Count, Values.Count);
        var owners = new HashSet<InfoHash>();
        var signatures = new HashSet<InfoHash>();
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(DecodeStatus.Ok, ValueReader.Read(Values[i], out ValueView value, out _));
            byte[] body = new byte[ValueWriter.BytesMax(value)];
            using var key = RSA.Create();
            key.ImportSubjectPublicKeyInfo(value.Owner, out _);
            Assert.Equal(Bits, key.KeySize);
            Assert.True(key.VerifyData(body.AsSpan(0, ValueWriter.WriteBody(body, value)), value.Signature, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1));
            Assert.Equal((ushort)0x1001, value.Type);
            owners.Add(InfoHash.Of(value.Owner));
            signatures.Add(InfoHash.Of(value.Signature));
        }

        Assert.Equal((Owners, Count), (owners.Count, signatures.Count));
    }

    [Fact]
    public void The_datagrams_of_a_put_carry_the_signed_value_under_its_own_id_and_key()
    {
        var sizes = new ValueSizes([DataBytes], 0x1001) { Signed = Values.WithThreads(2) };
        var templates = new SourceTemplates(Self, sizes, [1, 2, 3], 1_000);
        var keys = new KeySpace(1, InfoHash.OfKey("node"), 1);
        ulong firstOfThread1 = ValueShape.IdOf(1UL << 56 | 0x1234UL << 24);
        for (ulong number = 0; number < 30; number++)
        {
            var request = new Request(RequestKind.Put, SteadyWorkload.PutKeysFrom + 7, firstOfThread1 + number, true);
            byte[] packed = Assemble(templates, keys, request);
            Assert.Equal(DecodeStatus.Ok, ValueReader.Read(packed, out ValueView value, out _));
            Assert.Equal(request.ValueId, value.Id);
            Assert.Equal(DecodeStatus.Ok, ValueReader.Read(Values[(int)((2 * number + 1) % Count)], out ValueView signed, out _));
            Assert.True(value.Signature.SequenceEqual(signed.Signature) && value.Data.SequenceEqual(signed.Data) && value.Owner.SequenceEqual(signed.Owner));
        }
    }

    [Fact]
    public void Loaded_values_stay_unsigned()
    {
        var sizes = new ValueSizes([DataBytes], 0x1001) { Signed = Values };
        var templates = new SourceTemplates(Self, sizes, [1, 2, 3], 1_000);
        Assert.Equal(1, templates.PutDatagrams(new Request(RequestKind.Put, 7, PreloadWorkload.LoadedId, false), 0));
        Assert.Equal(2, templates.PutDatagrams(new Request(RequestKind.Put, SteadyWorkload.PutKeysFrom, 1, true), 0));
    }

    [Fact]
    public void Values_that_a_file_keeps_are_not_signed_again_unless_they_are_others_or_too_few()
    {
        string path = Path.Combine(_folder, "signed");
        var said = new List<string>();
        SignedValues first = Prepare(Owners, Count);
        SignedValues second = Prepare(Owners, Count - 3);
        Assert.Equal(first.Bytes.ToArray(), second.Bytes.ToArray());
        Assert.Equal(["making", "23"], said.Select(line => line.Split(' ')[0]));
        Assert.Equal(Count + 1, Prepare(Owners, Count + 1).Count);
        Assert.Equal(Count, Prepare(Owners + 1, Count).Count);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^5]);
        Assert.Equal(Count, Prepare(Owners + 1, Count).Count);
        Assert.All(said.Skip(2), line => Assert.StartsWith("making", line, StringComparison.Ordinal));

        SignedValues Prepare(int owners, int count) => SignedValuesFile.Prepare(path, owners, Bits, count, DataBytes, 0x1001, said.Add);
    }

    [Theory]
    [InlineData(RealNode.Ours)]
    [InlineData(RealNode.Stock)]
    public void A_run_of_signed_puts_is_acknowledged_by_real_nodes(string name)
    {
        using RivalProcess node = RealNode.Start(name);
        LoadOptions options = Runs.Options(node.Address, RequestKind.Put) with
        {
            SignedFile = Path.Combine(_folder, "signed"),
            Owners = Owners,
            OwnerBits = Bits,
            Rate = 50,
        };
        var result = Runs.Run(options);
        Assert.True(result.Requests > 0);
        Assert.Equal(0, result.Lost);
    }

    private static byte[] Assemble(SourceTemplates templates, KeySpace keys, in Request request)
    {
        NodeAddress from = NodeAddress.V4(0x7F000001, 4222);
        var reassembler = new Reassembler(new ReassemblyLimits());
        byte[] room = new byte[2048];
        ReassembledMessage? whole = null;
        for (int part = 0; part < templates.PutDatagrams(request, 0); part++)
        {
            byte[] datagram = room[..templates.Write(room, request, 0x8000_0001, keys, 0, part)];
            Assert.Equal(DecodeStatus.Ok, MessageReader.Read(datagram, out Message message));
            if (part == 0)
            {
                Assert.Equal(keys.Key(request.Key), message.Target);
                reassembler.Open(from, message, datagram, 0, out whole);
            }
            else
            {
                reassembler.Add(from, message, 0, out whole);
            }
        }

        Assert.NotNull(whole);
        return Assert.Single(whole.Values).ToArray();
    }
}
