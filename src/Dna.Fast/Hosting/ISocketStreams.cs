namespace Dna.Fast.Hosting;

/// <summary>Questions of the status socket whose answers take their time: lines or bytes in both directions, until either side closes.</summary>
internal interface ISocketStreams
{
    /// <param name="question">As it was asked, without its end of line.</param>
    /// <returns>Holds the conversation: given the stream and a token that is cancelled when the node ends; null when this is no such question.</returns>
    Func<Stream, CancellationToken, Task>? Find(string question);
}
