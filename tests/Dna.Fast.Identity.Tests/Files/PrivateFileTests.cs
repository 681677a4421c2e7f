namespace Dna.Fast.Identity.Tests.Files;

/// <summary>Files with secrets: who gets a name that several want, and what interrupted writers leave behind.</summary>
public sealed class PrivateFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dna-private-").FullName;

    private string FilePath => Path.Combine(_folder, "secret");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_taken_name_is_not_taken_again()
    {
        Assert.True(PrivateFile.TryCreate(FilePath, "first"u8));
        Assert.False(PrivateFile.TryCreate(FilePath, "second"u8));
        Assert.Equal("first", File.ReadAllText(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_link_to_nothing_is_a_taken_name_too()
    {
        string nothing = Path.Combine(_folder, "nothing");
        File.CreateSymbolicLink(FilePath, nothing);
        Assert.False(PrivateFile.TryCreate(FilePath, "first"u8));
        Assert.False(File.Exists(nothing));
    }

    [Fact]
    public void Without_hard_links_a_taken_name_is_not_taken_again_either()
    {
        string first = PrivateFile.WriteTemporary(FilePath, "first"u8), second = PrivateFile.WriteTemporary(FilePath, "second"u8);
        Assert.True(PrivateFile.TryTakeFreeNameWithoutLinks(first, FilePath));
        Assert.False(PrivateFile.TryTakeFreeNameWithoutLinks(second, FilePath));
        Assert.Equal("first", File.ReadAllText(FilePath));
        File.Delete(FilePath);
        Assert.Throws<FileNotFoundException>(() => PrivateFile.TryTakeFreeNameWithoutLinks(first, FilePath));
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public void What_interrupted_writers_left_is_cleared_away_and_what_is_being_written_is_not()
    {
        string abandoned = PrivateFile.WriteTemporary(FilePath, "half"u8), fresh = PrivateFile.WriteTemporary(FilePath, "ours"u8);
        string[] others = [Path.Combine(_folder, "secret.and.more.new"), Path.Combine(_folder, "another.0123456789abcdef.new")];
        foreach (string other in others) File.WriteAllText(other, "not ours");
        foreach (string old in (string[])[abandoned, .. others]) File.SetLastWriteTimeUtc(old, File.GetLastWriteTimeUtc(old) - TimeSpan.FromDays(1));
        PrivateFile.Write(FilePath, "whole"u8);
        Assert.Equal(((string[])[FilePath, fresh, .. others]).Order(StringComparer.Ordinal), Directory.GetFiles(_folder).Order(StringComparer.Ordinal));
        Assert.Equal("whole", File.ReadAllText(FilePath));
    }
}
