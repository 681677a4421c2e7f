using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dna.Fast.Identity.Tests.Suites;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity.Tests.Bip39;

/// <summary>BIP39's words. Vectors: the English ones of trezor/python-mnemonic, vectors.json, passphrase TREZOR: entropy, words, master.</summary>
public sealed class MnemonicTests
{
    private const string Zero = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

    public static TheoryData<string, string, string> Vectors
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (JsonElement vector in JsonDocument.Parse(Fixture.Read("bip39-english.json")).RootElement.EnumerateArray())
                data.Add(vector[0].GetString()!, vector[1].GetString()!, vector[2].GetString()!);
            return data;
        }
    }

    [Fact]
    public void The_word_list_is_the_published_one()
    {
        string list = string.Concat(Enumerable.Range(0, WordList.Count).Select(index => WordList.At(index) + "\n"));
        Assert.Equal("2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda", Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(list))));
        for (int index = 0; index < WordList.Count; index++) Assert.Equal(index, WordList.IndexOf(WordList.At(index)));
        Assert.Throws<IndexOutOfRangeException>(() => WordList.At(WordList.Count));
    }

    [Theory, MemberData(nameof(Vectors))]
    public void Published_vectors_hold_both_ways(string entropy, string words, string master)
    {
        using Mnemonic written = Mnemonic.FromEntropy(Convert.FromHexString(entropy));
        Assert.Equal(words, Text(written));
        using Mnemonic? read = Mnemonic.Parse(words, out MnemonicProblem problem);
        Assert.Equal(default, problem);
        Assert.Equal(entropy, Entropy(read!));
        byte[] derived = new byte[Mnemonic.MasterBytes];
        Assert.True(read!.DeriveMaster("TREZOR", derived));
        Assert.Equal(master, Convert.ToHexStringLower(derived));
    }

    [Fact]
    public void All_vectors_are_there() => Assert.Equal(24, Vectors.Count);

    [Theory, InlineData(12), InlineData(15), InlineData(18), InlineData(21), InlineData(24)]
    public void Every_length_travels_both_ways(int words)
    {
        byte[] entropy = new byte[Mnemonic.EntropyBytes(words)];
        FillRandom random = Fixture.Repeatable("words");
        for (int i = 0; i < 200; i++)
        {
            random(entropy);
            using Mnemonic written = Mnemonic.FromEntropy(entropy);
            Assert.Equal(words, written.WordCount);
            string text = Text(written);
            Assert.Equal(words, text.Split(' ').Length);
            using Mnemonic? read = Mnemonic.Parse(text, out _);
            Assert.Equal(Convert.ToHexStringLower(entropy), Entropy(read!));
        }
    }

    [Theory, InlineData(0), InlineData(15), InlineData(17), InlineData(33), InlineData(64)]
    public void Other_amounts_of_entropy_are_the_callers_error(int bytes) => Assert.Throws<ArgumentException>(() => Mnemonic.FromEntropy(new byte[bytes]));

    [Fact]
    public void What_is_disposed_gives_no_words_no_entropy_and_no_master()
    {
        Mnemonic mnemonic = Mnemonic.FromEntropy(Enumerable.Repeat((byte)7, 16).ToArray());
        mnemonic.Dispose();
        Assert.Throws<ObjectDisposedException>(() => mnemonic.Length);
        Assert.Throws<ObjectDisposedException>(() => mnemonic.WriteWords(new char[Mnemonic.CharactersMax]));
        Assert.Throws<ObjectDisposedException>(() => mnemonic.CopyEntropy(new byte[16]));
        Assert.Throws<ObjectDisposedException>(() => mnemonic.DeriveMaster("", new byte[Mnemonic.MasterBytes]));
        Assert.Equal("mnemonic of 12 words", mnemonic.ToString());
    }

    [Fact]
    public void Case_and_white_space_do_not_matter()
    {
        string[] spellings = [Zero.ToUpperInvariant(), "  " + Zero.Replace(" ", " \t\r\n ", StringComparison.Ordinal) + "\n", Zero.Replace("about", "About", StringComparison.Ordinal)];
        byte[] expected = Master(Zero);
        foreach (string spelling in spellings) Assert.Equal(expected, Master(spelling));
    }

    [Theory]
    [InlineData("", MnemonicStatus.WordCount, 0)]
    [InlineData("abandon", MnemonicStatus.WordCount, 1)]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about", MnemonicStatus.WordCount, 13)]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon", MnemonicStatus.Checksum, 0)]
    [InlineData("abandon abandon abandn abandon abandon abandon abandon abandon abandon abandon abandon abut", MnemonicStatus.UnknownWord, 3)]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandonabandon", MnemonicStatus.UnknownWord, 12)]
    [InlineData("\u00e1bandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about", MnemonicStatus.UnknownWord, 1)]
    public void What_is_wrong_is_said(string text, MnemonicStatus status, int word)
    {
        Assert.Null(Mnemonic.Parse(text, out MnemonicProblem problem));
        Assert.Equal(new MnemonicProblem(status, word), problem);
        foreach (string typed in text.Split(' ')) Assert.True(typed.Length < 4 || !problem.ToString().Contains(typed, StringComparison.Ordinal));
    }

    [Fact]
    public void A_thousand_words_are_counted_and_refused()
    {
        Assert.Null(Mnemonic.Parse(string.Join(' ', Enumerable.Repeat("zoo", 1_000)), out MnemonicProblem problem));
        Assert.Equal(new MnemonicProblem(MnemonicStatus.WordCount, 1_000), problem);
    }

    [Fact]
    public void Nearly_every_changed_word_is_noticed()
    {
        // 4 bits of checksum: one change in 16 goes unseen, in expectation.
        int accepted = 0;
        for (int index = 0; index < WordList.Count; index++)
        {
            using Mnemonic? read = Mnemonic.Parse(WordList.At(index) + Zero["abandon".Length..], out _);
            if (read is not null) accepted++;
        }

        Assert.InRange(accepted, 1, WordList.Count / 8);
    }

    [Fact]
    public void A_passphrase_that_would_need_normalisation_is_refused()
    {
        using Mnemonic words = Mnemonic.FromEntropy(new byte[16]);
        byte[] master = new byte[Mnemonic.MasterBytes];
        Assert.False(words.DeriveMaster("\u00fcber", master));
        Assert.False(words.DeriveMaster(new string('x', 1_025), master));
        Assert.True(words.DeriveMaster(new string('x', 1_024), master));
    }

    [Fact]
    public void Nothing_is_left_after_it_is_disposed_and_nothing_is_told_before()
    {
        Mnemonic words = Mnemonic.FromEntropy(Fixture.Seed(0x5A));
        Assert.Equal("mnemonic of 24 words", words.ToString());
        words.Dispose();
        Assert.Equal(new byte[32], BytesOf(words));
    }

    [Fact]
    public void Seeds_come_from_the_master_as_specified()
    {
        byte[] master = Master(Zero), seed = new byte[MasterSeeds.Bytes], expected = new byte[Sha3.Bytes512];
        MasterSeeds.Derive(master, "qgp-signing-v1"u8, seed);
        Sha3.Shake256([.. master, .. "qgp-signing-v1"u8], expected);
        Assert.Equal(expected[..32], seed);
        MasterSeeds.DeriveDht(master, seed);
        Sha3.Hash512([.. master, .. "dht_identity"u8], expected);
        Assert.Equal(expected[..32], seed);
    }

    private static byte[] Master(string text)
    {
        using Mnemonic? words = Mnemonic.Parse(text, out MnemonicProblem problem);
        Assert.Equal(default, problem);
        byte[] master = new byte[Mnemonic.MasterBytes];
        Assert.True(words!.DeriveMaster("", master));
        return master;
    }

    private static string Text(Mnemonic mnemonic)
    {
        Assert.InRange(mnemonic.Length, 1, Mnemonic.CharactersMax);
        char[] text = new char[mnemonic.Length];
        mnemonic.WriteWords(text);
        return new string(text);
    }

    private static string Entropy(Mnemonic mnemonic)
    {
        byte[] entropy = new byte[Mnemonic.EntropyBytes(mnemonic.WordCount)];
        mnemonic.CopyEntropy(entropy);
        return Convert.ToHexStringLower(entropy);
    }

    /// <summary>The memory the secret lay in: nothing else shows whether it was zeroed.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_entropy")]
    private static extern ref readonly byte[] BytesOf(Mnemonic mnemonic);
}
