namespace Dna.Fast.Identity.Tests;

public sealed class SodiumLibraryTests
{
    [Fact]
    public void Libsodium_loads_in_the_version_NSec_was_built_for() => Assert.Equal("1.0.22", SodiumLibrary.LoadedVersion());
}
