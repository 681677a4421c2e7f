using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity;

/// <summary>Everything a get found, opened within bounds: anybody may put encrypted values under a key, and each costs its reader an operation with his private key. Any thread.</summary>
internal sealed class AnswerOpener(ValueOpener opener, SecureCounters counters)
{
    /// <summary>Encrypted values of one answer that are decrypted: about 2 s of work with RSA-4096.</summary>
    public const int DecryptionsMax = 256;

    /// <summary>Encrypted values that are decrypted though the deadline is over: what was found until then is worth a moment, some 60 ms with RSA-4096.</summary>
    public const int LateDecryptionsMax = 8;

    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public SecureGetAnswer Open(GetAnswer answer, Deadline left, CancellationToken cancellation)
    {
        var opened = new VerifiedValue?[answer.Values.Count];
        var encrypted = new List<int>();
        int forged = 0;
        for (int i = 0; i < opened.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            OpenedAs kind = opener.OpenUnencrypted(answer.Values[i].Packed, answer.Values[i].From, out opened[i]);
            if (kind == OpenedAs.Forged) forged++;
            if (kind == OpenedAs.Encrypted) encrypted.Add(i);
        }

        // Only now, so that no number of them hides what is signed.
        int untried = Decrypt(answer, encrypted, opened, left, cancellation);
        var newest = new NewestVersions();
        foreach (VerifiedValue? value in opened)
        {
            if (value is not null) newest.Add(value);
        }

        FoundValue[] closed = [.. encrypted.Where(i => opened[i] is null).Select(i => answer.Values[i])];
        bool isComplete = answer.IsComplete && untried == 0;
        GetAnswerStatus status = answer.Status == GetAnswerStatus.Found && newest.Alive.Count == 0
            ? isComplete ? GetAnswerStatus.Absent : GetAnswerStatus.TimedOut
            : answer.Status;
        return new SecureGetAnswer(status, newest.Alive, newest.Deleted, answer.Answered, isComplete, forged, closed.Length - untried) { Sealed = closed, Untried = untried };
    }

    /// <returns>How many were not tried.</returns>
    private int Decrypt(GetAnswer answer, List<int> encrypted, VerifiedValue?[] opened, Deadline left, CancellationToken cancellation)
    {
        int tried = 0, untried = 0;
        foreach (int i in encrypted)
        {
            cancellation.ThrowIfCancellationRequested();
            bool isWork = opener.IsWork(answer.Values[i].Packed);
            if (isWork && (tried == DecryptionsMax || (tried >= LateDecryptionsMax && left.Left == TimeSpan.Zero)))
            {
                untried++;
                counters.CountUntried();
                continue;
            }

            if (isWork) tried++;
            opener.Open(answer.Values[i].Packed, answer.Values[i].From, out opened[i]);
        }

        return untried;
    }
}
