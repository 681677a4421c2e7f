using Dna.Fast.Identity.Tests.Files;

namespace Dna.Fast.Identity.Tests.KeyFiles;

/// <summary>Key files on a disk: who may read them, what each failure is called, and that an interrupted save leaves the old file or the new one.</summary>
public sealed class KeyFileStoreTests : IDisposable
{
    private readonly KeyFileKit _kit = new();

    public void Dispose() => _kit.Dispose();

    [Fact]
    public void A_new_file_is_for_its_owner_alone_and_opens_again()
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast");
        _kit.Create(identity);
        Assert.Equal(KeyFileKit.OwnerOnly, KeyFileKit.ModeOf(_kit.File()));
        Assert.Equal([_kit.File()], Directory.GetFiles(_kit.Folder));
        Assert.Equal(identity.Keys.Fingerprint, FingerprintOf(KeyFileKit.Passphrase));
    }

    [Fact]
    public void An_existing_file_is_never_replaced_by_a_new_one()
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast"), other = KeyFileKit.Alice("fast");
        _kit.Create(identity);
        KeyFileResult<LockedKeyFile> second = _kit.Store.Create(_kit.File(), other, KeyFileKit.Passphrase, KeyFileKit.Cheap);
        Assert.Equal(KeyFileStatus.Exists, second.Status);
        Assert.Contains(_kit.File(), second.Message, StringComparison.Ordinal);
        Assert.Equal(identity.Keys.Fingerprint, FingerprintOf(KeyFileKit.Passphrase));
    }

    [Fact]
    public void Of_many_creators_of_one_file_one_wins_and_the_file_is_his()
    {
        const int creators = 4;
        using var begin = new Barrier(creators);
        for (int round = 0; round < 100; round++)
        {
            File.Delete(_kit.File());
            var answers = new (KeyFileStatus Status, string Fingerprint)[creators];
            Thread[] threads = [.. Enumerable.Range(0, creators).Select(i => new Thread(() =>
            {
                byte[] master = new byte[Mnemonic.MasterBytes];
                master.AsSpan().Fill((byte)i);
                using UserIdentity own = UserIdentity.FromMaster(KeyFileKit.Suites.Fast, master, "");
                Assert.True(begin.SignalAndWait(TimeSpan.FromMinutes(1)));
                answers[i] = (_kit.Store.Create(_kit.File(), own, KeyFileKit.Passphrase, KeyFileKit.Cheap).Status, own.Keys.Fingerprint);
            }))];
            foreach (Thread thread in threads) thread.Start();
            foreach (Thread thread in threads) thread.Join();
            (_, string winner) = Assert.Single(answers, answer => answer.Status == KeyFileStatus.Ok);
            Assert.Equal(creators - 1, answers.Count(answer => answer.Status == KeyFileStatus.Exists));
            Assert.Equal(winner, FingerprintOf(KeyFileKit.Passphrase));
            Assert.Equal([_kit.File()], Directory.GetFiles(_kit.Folder));
        }
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_open_to_others_is_refused_with_the_command_to_say(UnixFileMode more)
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast");
        _kit.Create(identity);
        KeyFileKit.SetMode(_kit.File(), UnixFileMode.UserRead | UnixFileMode.UserWrite | more);
        KeyFileResult<LockedKeyFile> read = _kit.Store.Read(_kit.File());
        Assert.Equal(KeyFileStatus.OpenToOthers, read.Status);
        Assert.Contains("chmod 600 " + _kit.File(), read.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_failure_has_its_own_sentence_that_names_the_file()
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast");
        byte[] good = _kit.Create(identity).Content.ToArray();
        byte[] newer = [.. good], damaged = [.. good];
        newer[8] = 9;
        damaged[30] ^= 1;
        string missing = _kit.Store.Read(_kit.File("nobody.key")).Message;
        string wrong = _kit.Store.Open(_kit.Store.Read(_kit.File()).Value!, "wrong"u8).Message;
        string[] messages =
        [
            missing, wrong, MessageOf(good[..^1]), MessageOf(damaged), MessageOf(newer), MessageOf("PQSIGNUM and more"u8.ToArray()), MessageOf("-----BEGIN RSA PRIVATE KEY-----"u8.ToArray()),
            MessageOf("nothing"u8.ToArray()), MessageOf(new byte[KeyFile.BytesMax * 2]),
        ];
        Assert.Equal(messages.Length - 1, messages.Distinct().Count());
        Assert.All(messages, message => Assert.Contains(_kit.Folder, message, StringComparison.Ordinal));
        Assert.Contains("dna id new", missing, StringComparison.Ordinal);
        Assert.Contains("passphrase", wrong, StringComparison.Ordinal);
        Assert.Contains("dna id import", messages[5], StringComparison.Ordinal);
    }

    [Fact]
    public void A_passphrase_is_changed_whole()
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast");
        LockedKeyFile file = _kit.Create(identity);
        Assert.Equal(KeyFileStatus.Ok, _kit.Store.Replace(file, identity, "other"u8, KeyFileKit.Cheap).Status);
        Assert.Equal(identity.Keys.Fingerprint, FingerprintOf("other"u8));
        Assert.Null(FingerprintOf(KeyFileKit.Passphrase));
        Assert.Equal(KeyFileKit.OwnerOnly, KeyFileKit.ModeOf(_kit.File()));
    }

    [Fact]
    public void What_somebody_else_wrote_meanwhile_is_not_overwritten()
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast");
        LockedKeyFile file = _kit.Create(identity);
        Assert.Equal(KeyFileStatus.Ok, _kit.Store.Replace(file, identity, "theirs"u8, KeyFileKit.Cheap).Status);
        Assert.Equal(KeyFileStatus.Changed, _kit.Store.Replace(file, identity, "ours"u8, KeyFileKit.Cheap).Status);
        Assert.NotNull(FingerprintOf("theirs"u8));
        File.Delete(_kit.File());
        Assert.Equal(KeyFileStatus.Changed, _kit.Store.Replace(file, identity, "ours"u8, KeyFileKit.Cheap).Status);
        Assert.False(File.Exists(_kit.File()));
    }

    [Fact]
    public async Task Many_writers_at_once_leave_one_whole_file()
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast");
        LockedKeyFile file = _kit.Create(identity);
        KeyFileStatus[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
        {
            using UserIdentity own = KeyFileKit.FromMaster("fast");
            return _kit.Store.Replace(file, own, [(byte)('a' + i)], KeyFileKit.Cheap).Status;
        })));
        int winner = Assert.Single(Enumerable.Range(0, 8), i => answers[i] == KeyFileStatus.Ok);
        Assert.All(answers.Where((_, i) => i != winner), status => Assert.Contains(status, (KeyFileStatus[])[KeyFileStatus.Changed, KeyFileStatus.Unusable]));
        Assert.NotNull(FingerprintOf([(byte)('a' + winner)]));
    }

    [Fact]
    public void A_link_stays_a_link()
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast");
        _kit.Create(identity);
        File.CreateSymbolicLink(_kit.File("link.key"), _kit.File());
        LockedKeyFile file = _kit.Store.Read(_kit.File("link.key")).Value!;
        Assert.Equal(KeyFileStatus.Ok, _kit.Store.Replace(file, identity, "other"u8, KeyFileKit.Cheap).Status);
        Assert.NotNull(new FileInfo(_kit.File("link.key")).LinkTarget);
        Assert.NotNull(FingerprintOf("other"u8));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    public void A_crash_while_the_new_file_is_written_leaves_the_old_one(int written)
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast");
        LockedKeyFile file = _kit.Create(identity);
        byte[] next = KeyFile.Seal(identity, "other"u8, KeyFileKit.Cheap, System.Security.Cryptography.RandomNumberGenerator.Fill);
        string left = PrivateFile.WriteTemporary(_kit.File(), next.AsSpan(0, Math.Min(written, next.Length)));
        File.SetLastWriteTimeUtc(left, File.GetLastWriteTimeUtc(left) - TimeSpan.FromDays(1));
        Assert.Equal(identity.Keys.Fingerprint, FingerprintOf(KeyFileKit.Passphrase));
        // And what it left behind is in nobody's way.
        Assert.Equal(KeyFileStatus.Ok, _kit.Store.Replace(file, identity, "third"u8, KeyFileKit.Cheap).Status);
        Assert.NotNull(FingerprintOf("third"u8));
        Assert.Equal([_kit.File()], Directory.GetFiles(_kit.Folder));
    }

    [Fact]
    public void A_crash_behind_the_renaming_leaves_the_new_one()
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast");
        _kit.Create(identity);
        string beside = PrivateFile.WriteTemporary(_kit.File(), KeyFile.Seal(identity, "other"u8, KeyFileKit.Cheap, System.Security.Cryptography.RandomNumberGenerator.Fill));
        File.Move(beside, _kit.File(), overwrite: true);
        Assert.NotNull(FingerprintOf("other"u8));
    }

    [Fact]
    public void A_disk_that_refuses_leaves_the_old_file()
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast");
        LockedKeyFile file = _kit.Create(identity);
        // A name the system takes, and none longer: nothing can be written beside it.
        string path = _kit.File(new string('k', 255));
        File.Move(file.Path, path);
        KeyFileResult<LockedKeyFile> refused = _kit.Store.Replace(file with { Path = path }, identity, "other"u8, KeyFileKit.Cheap);
        Assert.Equal(KeyFileStatus.Unusable, refused.Status);
        Assert.NotEmpty(refused.Message);
        Assert.Equal(file.Content.ToArray(), File.ReadAllBytes(path));
        Assert.Equal(KeyFileStatus.Unusable, _kit.Store.Create(_kit.File("no/such/folder.key"), identity, "p"u8, KeyFileKit.Cheap).Status);
    }

    [Fact]
    public async Task A_key_comes_through_a_pipe_and_is_not_replaced_there()
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast");
        byte[] content = _kit.Create(identity).Content.ToArray();
        Task writing = Pipe.Write(_kit.File("pipe.key"), content);
        KeyFileResult<LockedKeyFile> read = _kit.Store.Read(_kit.File("pipe.key"));
        Assert.Equal((KeyFileStatus.Ok, ""), (read.Status, read.Message));
        await writing.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal(content, read.Value!.Content.ToArray());

        KeyFileResult<LockedKeyFile> replaced = _kit.Store.Replace(read.Value!, identity, "other"u8, KeyFileKit.Cheap);
        Assert.Equal(KeyFileStatus.Unusable, replaced.Status);
        Assert.Contains(_kit.File("pipe.key"), replaced.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_that_never_ends_is_read_to_the_largest_key_file_and_refused()
    {
        Task writing = Pipe.Write(_kit.File("pipe.key"), new byte[KeyFile.BytesMax * 4]);
        Assert.Equal(KeyFileStatus.Foreign, _kit.Store.Read(_kit.File("pipe.key")).Status);
        await writing.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    private string? FingerprintOf(ReadOnlySpan<byte> passphrase)
    {
        KeyFileResult<LockedKeyFile> read = _kit.Store.Read(_kit.File());
        Assert.Equal(KeyFileStatus.Ok, read.Status);
        KeyFileResult<UserIdentity> opened = _kit.Store.Open(read.Value!, passphrase);
        using UserIdentity? identity = opened.Value;
        Assert.Contains(opened.Status, (KeyFileStatus[])[KeyFileStatus.Ok, KeyFileStatus.WrongPassphrase]);
        return identity?.Keys.Fingerprint;
    }

    private string MessageOf(byte[] content)
    {
        string path = _kit.File("other.key");
        File.Delete(path);
        PrivateFile.Write(path, content);
        KeyFileResult<LockedKeyFile> read = _kit.Store.Read(path);
        Assert.NotEqual(KeyFileStatus.Ok, read.Status);
        return read.Message;
    }
}
