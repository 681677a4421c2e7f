using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Dna.Fast.Identity;
using Dna.Fast.Kademlia.Serving;

namespace Dna.Fast.Benchmarks;

/// <summary>What a signed value costs: the first time, with an owner whose key was imported before, and when its verdict is remembered.</summary>
[MemoryDiagnoser]
public class SignatureBenchmarks
{
    /// <summary>More than both generations of imported keys hold, so that each comes to a verifier that forgot it.</summary>
    private const int OwnersMax = 1_300;

    private readonly RsaVerifier _verifier = new();
    private readonly byte[] _body = new byte[700];
    private RememberingVerifier _remembering = null!;
    private byte[][] _owners = [];
    private byte[] _signature = [];
    private byte[] _owner = [];
    private RSA _key = null!;
    private int _next;

    /// <summary>Of the owner's key.</summary>
    [Params(2048, 4096)]
    public int Bits { get; set; }

    [GlobalSetup]
    public void Sign()
    {
        _key = RSA.Create(Bits);
        _owner = _key.ExportSubjectPublicKeyInfo();
        _signature = _key.SignData(_body, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1);
        _remembering = new RememberingVerifier(_verifier, new FixedRandom(42));
        _owners = [.. Enumerable.Range(0, OwnersMax).Select(AnotherOwner)];
    }

    /// <summary>The verdict is remembered.</summary>
    [Benchmark]
    public bool VerifyAgain() => _remembering.Verify(_owner, _body, _signature);

    /// <summary>The owner's key was imported for another value of his.</summary>
    [Benchmark]
    public bool VerifyKnownOwner() => _verifier.Verify(_owner, _body, _signature);

    /// <summary>The owner's key has to be imported; the signature is wrong, which costs the same.</summary>
    [Benchmark]
    public bool VerifyNewOwner() => _verifier.Verify(_owners[_next = (_next + 1) % OwnersMax], _body, _signature);

    /// <summary>What a putter pays.</summary>
    [Benchmark]
    public byte[] SignValue() => _key.SignData(_body, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1);

    // Another modulus, of which nobody knows the factors: its low bytes differ.
    private byte[] AnotherOwner(int number)
    {
        RSAParameters parameters = _key.ExportParameters(includePrivateParameters: false);
        BitConverter.TryWriteBytes(parameters.Modulus.AsSpan(16), number);
        using var other = RSA.Create(parameters);
        return other.ExportSubjectPublicKeyInfo();
    }
}
