namespace Dna.Fast.Messenger;

/// <summary>Messages that came directly and wait for whoever receives. Any thread; bounded.</summary>
internal sealed class DirectInbox
{
    private readonly Lock _lock = new();
    private readonly List<(string Sender, Action News)> _receivers = [];
    private readonly List<Offer> _offers = [];

    /// <summary>Says that somebody receives a user's messages.</summary>
    /// <param name="news">Called for each message of that user; under no lock.</param>
    public void Receive(string sender, Action news)
    {
        lock (_lock) _receivers.Add((sender, news));
    }

    /// <summary>Ends <see cref="Receive"/>.</summary>
    public void EndReceiving(string sender, Action news)
    {
        lock (_lock) _receivers.Remove((sender, news));
    }

    /// <summary>Hands a message to whoever receives its sender's, and waits until the application has it.</summary>
    /// <returns>Delivered, Unasked or NotTaken; after the latter it may have been handed out all the same, and its sender puts it where it is found once more, and known.</returns>
    public async Task<DirectOutcome> OfferAsync(ReceivedMessage message, TimeSpan within, TimeProvider time, CancellationToken cancellation)
    {
        var offer = new Offer(message);
        Action[] news;
        lock (_lock)
        {
            news = [.. _receivers.Where(receiver => receiver.Sender == message.Sender).Select(receiver => receiver.News)];
            if (news.Length == 0 || _offers.Count >= DirectLimits.WaitingMax) return DirectOutcome.Unasked;
            _offers.Add(offer);
        }

        try
        {
            foreach (Action tell in news) tell();
            await offer.Taken.Task.WaitAsync(within, time, cancellation).ConfigureAwait(false);
            return DirectOutcome.Delivered;
        }
        catch (TimeoutException)
        {
            return DirectOutcome.NotTaken;
        }
        finally
        {
            lock (_lock) _offers.Remove(offer);
        }
    }

    /// <summary>True when messages of a user wait.</summary>
    public bool Has(string sender)
    {
        lock (_lock) return _offers.Exists(offer => offer.Message.Sender == sender);
    }

    /// <summary>Those of a user that wait, in the order in which they came; they wait until <see cref="Complete"/>.</summary>
    public ReceivedMessage[] Waiting(string sender)
    {
        lock (_lock) return [.. _offers.Where(offer => offer.Message.Sender == sender).Select(offer => offer.Message)];
    }

    /// <summary>The application has a message, wherever it was read.</summary>
    public void Complete(MessageDigest message)
    {
        Offer[] taken;
        lock (_lock) taken = [.. _offers.Where(offer => offer.Message.Id == message)];
        foreach (Offer offer in taken) offer.Taken.TrySetResult();
    }

    private sealed record Offer(ReceivedMessage Message)
    {
        public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
