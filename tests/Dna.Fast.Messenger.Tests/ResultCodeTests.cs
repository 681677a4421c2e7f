namespace Dna.Fast.Messenger.Tests;

public sealed class ResultCodeTests
{
    [Theory]
    [InlineData(0, "Success")]
    [InlineData(-1, "General error")]
    [InlineData(-2, "Not found in DHT")]
    [InlineData(-3, "Authentication/signature verification failed")]
    [InlineData(-4, "Operation timed out")]
    [InlineData(-5, "Invalid parameter")]
    [InlineData(-6, "Memory allocation failed")]
    [InlineData(-7, "Network/DHT communication error")]
    [InlineData(-8, "Serialization/deserialization failed")]
    [InlineData(-9, "Cryptographic operation failed")]
    [InlineData(-10, "DHT context not initialized")]
    [InlineData(-11, "Item already exists")]
    [InlineData(-12, "Storage/persistence error")]
    [InlineData(-13, "Unknown error")]
    [InlineData(1, "Unknown error")]
    public void A_code_has_the_original_clients_number_and_text(int number, string text) => Assert.Equal(text, ResultCodes.TextOf((ResultCode)number));

    [Fact]
    public void There_are_thirteen_codes() => Assert.Equal(Enumerable.Range(-12, 13), Enum.GetValues<ResultCode>().Select(code => (int)code).Order());
}
