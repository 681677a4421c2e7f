using System.Text;
using Dna.Fast.Messenger.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Caching;

public sealed class CacheManagerTests : IDisposable
{
    private readonly FakeTimeProvider _time = TestClient.Clock();
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"dna-cache-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void What_is_kept_in_a_file_is_there_after_a_restart_with_its_age()
    {
        using (var manager = new CacheManager(_time, _folder))
        {
            CacheRegion<string> region = manager.Add(Options());
            region.Put("short", "one");
            region.Put("long", "two", TimeSpan.FromDays(365));
        }

        _time.Advance(TimeSpan.FromSeconds(99));
        using (var manager = new CacheManager(_time, _folder))
        {
            CacheRegion<string> region = manager.Add(Options());
            Assert.Equal(2, region.Statistics.Restored);
            Assert.True(region.TryGet("short", out string? value));
            Assert.Equal("one", value);
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.False(region.TryGet("short", out _));
            Assert.True(region.TryGet("long", out _));
        }
    }

    [Fact]
    public void Only_the_owner_reads_the_file_and_nothing_else_is_left_in_the_folder()
    {
        using (var manager = new CacheManager(_time, _folder)) manager.Add(Options()).Put("k", "v");
        string file = Assert.Single(Directory.GetFiles(_folder));
        Assert.Equal("test.cache", Path.GetFileName(file));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void A_damaged_file_is_set_aside_and_counted_and_the_region_works()
    {
        using (var manager = new CacheManager(_time, _folder)) manager.Add(Options()).Put("k", "v");
        string path = Path.Combine(_folder, "test.cache");
        byte[] damaged = File.ReadAllBytes(path);
        damaged[^1] ^= 1;
        File.WriteAllBytes(path, damaged);
        using (var manager = new CacheManager(_time, _folder))
        {
            CacheRegion<string> region = manager.Add(Options());
            Assert.Equal((0, 1), (region.Statistics.Entries, region.Statistics.Damaged));
            Assert.False(File.Exists(path));
            Assert.Equal(damaged, File.ReadAllBytes(path + ".damaged"));
            region.Put("k", "new");
            Assert.Equal(ResultCode.Success, manager.Save());
        }

        using var again = new CacheManager(_time, _folder);
        Assert.True(again.Add(Options()).TryGet("k", out string? value));
        Assert.Equal("new", value);
    }

    [Fact]
    public void A_file_larger_than_any_we_write_is_not_read()
    {
        Directory.CreateDirectory(_folder);
        using (var file = new FileStream(Path.Combine(_folder, "test.cache"), FileMode.CreateNew)) file.SetLength(32 * 1024 * 1024);
        using var manager = new CacheManager(_time, _folder);
        Assert.Equal(1, manager.Add(Options()).Statistics.Damaged);
    }

    [Fact]
    public void A_folder_that_cannot_be_used_costs_the_file_and_nothing_else()
    {
        File.WriteAllText(_folder + ".file", "");
        try
        {
            using var manager = new CacheManager(_time, _folder + ".file");
            CacheRegion<string> region = manager.Add(Options());
            region.Put("k", "v");
            Assert.Equal(ResultCode.StorageError, manager.Save());
            Assert.True(region.TryGet("k", out _));
            Assert.InRange(region.Statistics.FileFailures, 1, 2);
        }
        finally
        {
            File.Delete(_folder + ".file");
        }
    }

    [Fact]
    public void An_entry_of_the_file_that_is_no_record_is_dropped_and_counted()
    {
        using (var manager = new CacheManager(_time, _folder)) manager.Add(Options()).Put("k", "v");
        using var strict = new CacheManager(_time, _folder);
        CacheRegion<string> region = strict.Add(Options() with { Read = (_, _) => null });
        Assert.False(region.TryGet("k", out _));
        Assert.Equal((0, 1), (region.Statistics.Entries, region.Statistics.Damaged));
    }

    [Fact]
    public void An_entry_from_the_future_is_of_no_known_age_and_not_taken()
    {
        using (var manager = new CacheManager(_time, _folder)) manager.Add(Options()).Put("k", "v");
        using var earlier = new CacheManager(new FakeTimeProvider(_time.GetUtcNow() - TimeSpan.FromDays(1)), _folder);
        Assert.Equal(0, earlier.Add(Options()).Statistics.Entries);
    }

    [Fact]
    public void What_changed_is_saved_and_what_did_not_is_not_written_again()
    {
        using var manager = new CacheManager(_time, _folder);
        CacheRegion<string> region = manager.Add(Options());
        string path = Path.Combine(_folder, "test.cache");
        manager.Save();
        Assert.False(File.Exists(path));
        region.Put("k", "v");
        manager.Save();
        File.Delete(path);
        manager.Save();
        Assert.False(File.Exists(path));
        manager.Clear();
        manager.Save();
        Assert.Empty(CacheFile.Read(File.ReadAllBytes(path))!);
    }

    [Fact]
    public void A_region_in_memory_leaves_no_file()
    {
        using (var manager = new CacheManager(_time, _folder)) manager.Add(Options() with { FileName = null }).Put("k", "v");
        Assert.False(Directory.Exists(_folder));
    }

    [Fact]
    public void Statistics_add_up_and_names_are_taken_once()
    {
        using var manager = new CacheManager(_time);
        manager.Add(Options()).Put("k", "v");
        CacheRegion<string> other = manager.Add(Options() with { Name = "other" });
        other.Put("k", "v");
        other.TryGet("k", out _);
        CacheStatistics statistics = manager.Statistics;
        Assert.Equal(["test", "other"], statistics.Regions.Select(region => region.Name));
        Assert.Equal(2, statistics.Entries);
        Assert.True(statistics.Bytes > 0);
        Assert.Throws<ArgumentException>(() => manager.Add(Options()));
        Assert.Throws<ArgumentException>(() => manager.Add(Options() with { Name = "away", FileName = "../away" }));
    }

    private static RegionOptions<string> Options() => new()
    {
        Name = "test",
        Ttl = TimeSpan.FromSeconds(100),
        RevalidateAfter = TimeSpan.FromSeconds(60),
        Size = text => text.Length,
        FileName = "test.cache",
        Write = Encoding.UTF8.GetBytes,
        Read = (_, bytes) => Encoding.UTF8.GetString(bytes.Span),
    };
}
