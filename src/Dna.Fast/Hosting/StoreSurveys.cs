using System.Text.Json;
using Dna.Fast.Logging;
using Dna.Fast.Storage;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Hosting;

/// <summary>Surveys of a store, for whoever asks: taken in the background, only while somebody asks, and never so often that the disk would notice.</summary>
/// <remarks>Any thread. A survey reads the whole store once.</remarks>
/// <param name="store">Null for a store in memory, of which nothing is told.</param>
internal sealed class StoreSurveys(FasterValueStore? store, TimeProvider time, ILogger log)
{
    /// <summary>No survey sooner than this after the last one.</summary>
    private static readonly TimeSpan AgeMin = TimeSpan.FromSeconds(15);

    /// <summary>And none sooner than this many times what the last one took.</summary>
    private const int Rest = 50;

    private int _isTaking;
    private Taken? _last;

    /// <param name="Stamp">Of the monotonic clock, which nobody sets back.</param>
    private sealed record Taken(StoreSurvey Survey, long Stamp, TimeSpan Took);

    /// <summary>Writes the last survey into the object that is open, with <c>taken</c> and its <c>age</c> in seconds; an empty one when there is none yet. Begins the next one when it is time.</summary>
    public void Write(Utf8JsonWriter json)
    {
        Taken? last = Volatile.Read(ref _last);
        TimeSpan age = last is null ? TimeSpan.MaxValue : time.GetElapsedTime(last.Stamp);
        bool isDue = last is null || (age >= AgeMin && age >= Rest * last.Took);
        if (store is not null && isDue && Interlocked.Exchange(ref _isTaking, 1) == 0) ThreadPool.QueueUserWorkItem(_ => Take(store));
        json.WriteBoolean("taken", last is not null);
        if (last is not null) json.WriteNumber("age", (long)age.TotalSeconds);
        (last?.Survey ?? new StoreSurvey(NowUnixMs)).Write(json);
    }

    private long NowUnixMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    private void Take(FasterValueStore from)
    {
        try
        {
            long start = time.GetTimestamp();
            long nowUnixMs = NowUnixMs;
            var survey = new StoreSurvey(nowUnixMs);
            from.Scan(nowUnixMs, survey);
            Volatile.Write(ref _last, new Taken(survey, time.GetTimestamp(), time.GetElapsedTime(start)));
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            // The disk's trouble is told by the store's health, and a node that ends needs no survey.
            log.SurveyFailed(failure.Message);
        }
        finally
        {
            Volatile.Write(ref _isTaking, 0);
        }
    }
}
