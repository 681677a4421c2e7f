namespace Dna.Fast.Wire.Tests;

public sealed class VectorDecodeTests
{
    [Fact]
    public void The_index_describes_165_datagrams_of_the_stated_lengths()
    {
        Assert.Equal(165, Vectors.All.Count);
        Assert.All(Vectors.All, vector => Assert.Equal(vector.Length, vector.Bytes.Length));
    }

    [Fact]
    public void Every_message_decodes()
    {
        foreach (Vector vector in Vectors.Messages)
        {
            Assert.True(MessageReader.Read(vector.Bytes, out Message message) == DecodeStatus.Ok, vector.File);
            Assert.NotEqual(MessageKind.None, message.Kind);
        }
    }
}
