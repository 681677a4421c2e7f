namespace Dna.Fast.Messenger;

/// <summary>An item on its way through a queue.</summary>
internal sealed class PublishEntry : IDisposable
{
    private readonly TaskCompletionSource<PublishResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ending;
    private int _tries;

    public PublishEntry(long id, PublishItem item, CancellationToken closing)
    {
        Id = id;
        Item = item;
        _ending = CancellationTokenSource.CreateLinkedTokenSource(closing);
        Token = _ending.Token;
    }

    public long Id { get; }

    public PublishItem Item { get; }

    public CancellationToken Token { get; }

    public Task<PublishResult> Result => _result.Task;

    public int Tries => Volatile.Read(ref _tries);

    public bool HasBegun => Tries > 0;

    public PutReport LastReport { get; set; }

    public void BeginTry() => Interlocked.Increment(ref _tries);

    public void Cancel()
    {
        try
        {
            _ending.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended.
        }
    }

    public void End(PublishResult result) => _result.TrySetResult(result);

    public void Dispose() => _ending.Dispose();
}
