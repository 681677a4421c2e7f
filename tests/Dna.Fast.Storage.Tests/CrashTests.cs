using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Dna.Fast.Storage.CrashChild;

namespace Dna.Fast.Storage.Tests;

/// <summary>A process under load is killed at a random instant, again and again in the same directory.</summary>
public sealed class CrashTests
{
    private const int Lanes = 2;
    private const int RoundsPerLane = 100;

    [Fact]
    public void Pain_41_after_200_kills_every_acknowledged_value_is_there_none_twice_none_corrupt()
    {
        Lane[] lanes = new Lane[Lanes];
        Parallel.For(0, Lanes, new ParallelOptions { MaxDegreeOfParallelism = Lanes }, lane =>
        {
            lanes[lane] = new Lane(lane);
            for (int round = 0; round < RoundsPerLane; round++) lanes[lane].Round(round);
            lanes[lane].Dispose();
        });

        // The rounds must have been worth their name: most of them killed in the middle of work, with and without checkpoints.
        Assert.True(lanes.Sum(static lane => lane.Acknowledged) > 10 * Lanes * RoundsPerLane, $"{lanes.Sum(static lane => lane.Acknowledged)} acknowledged");
        Assert.True(lanes.Sum(static lane => lane.AfterCheckpoint) > Lanes * RoundsPerLane / 10);
    }

    /// <summary>One directory and what must be in it.</summary>
    private sealed class Lane(int number) : IDisposable
    {
        private readonly StoreFolder _folder = new();
        private readonly StoreModel _model = new();

        public long Acknowledged { get; private set; }

        public int AfterCheckpoint { get; private set; }

        public void Round(int round)
        {
            int seed = number * 1_000_000 + round;
            Random random = new(seed);
            int checkpointEvery = round % 3 == 0 ? 0 : random.Next(2, 60);
            (long announced, long acknowledged) = RunAndKill(seed, checkpointEvery, killAfter: random.Next(150), andMs: random.Next(20));
            Acknowledged += acknowledged + 1;
            if (_folder.Files("checkpoint").Length > 0) AfterCheckpoint++;

            using FasterValueStore store = _folder.Open(static options => CrashLoad.Options(options.Directory) with { Clock = options.Clock, Upkeep = false });
            Assert.Equal((0, "ok"), (store.Statistics.Damaged, store.Statistics.Health));
            Dictionary<Wire.InfoHash, List<StoreModel.Value>> found = StoreModel.ReadAll(store, _folder.Clock.NowUnixMs);

            // The log is in the order of the operations: what came back is all of them up to some point, and that point is no earlier than the last
            // acknowledgement and no later than the last announcement.
            long survived = -1;
            while (survived < acknowledged) Apply(seed, ++survived);
            string? difference = _model.Difference(found);
            while (difference is not null && survived < announced)
            {
                Apply(seed, ++survived);
                difference = _model.Difference(found);
            }

            if (difference is null) difference = _model.CounterDifference(store.Statistics);
            if (difference is not null) Assert.Fail($"lane {number} round {round}: announced {announced}, acknowledged {acknowledged}: {difference}");
        }

        public void Dispose() => _folder.Dispose();

        private void Apply(int seed, long operation) =>
            _model.Apply(seed, CrashLoad.OperationOf(seed, (int)operation), _folder.Clock.NowUnixMs);

        /// <returns>Number of the last operation announced, and of the last acknowledged; -1 for none.</returns>
        /// <remarks>Counted in operations first: a machine that is slow that day kills as much in the middle of work as a fast one.</remarks>
        private (long Announced, long Acknowledged) RunAndKill(int seed, int checkpointEvery, int killAfter, int andMs)
        {
            ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
            start.ArgumentList.Add(typeof(CrashLoad).Assembly.Location);
            start.ArgumentList.Add(_folder.Path);
            start.ArgumentList.Add(seed.ToString(CultureInfo.InvariantCulture));
            start.ArgumentList.Add(checkpointEvery.ToString(CultureInfo.InvariantCulture));
            start.ArgumentList.Add(_folder.Clock.NowUnixMs.ToString(CultureInfo.InvariantCulture));

            // The second tier of the compiler would only compete for the processor in so short a life.
            start.Environment["DOTNET_TieredPGO"] = "0";
            using Process child = Process.Start(start)!;
            long announced = -1, acknowledged = -1;
            Timer? killer = null;
            byte[] row = new byte[16];
            Stream output = child.StandardOutput.BaseStream;
            while (output.ReadAtLeast(row, row.Length, throwOnEndOfStream: false) == row.Length)
            {
                long operation = BinaryPrimitives.ReadInt64LittleEndian(row), what = BinaryPrimitives.ReadInt64LittleEndian(row.AsSpan(8));
                if (operation == CrashLoad.Ready) continue;
                if (what == CrashLoad.Acknowledged) acknowledged = operation;
                else announced = operation;
                if (announced >= killAfter) killer ??= new Timer(_ => child.Kill(), null, andMs, Timeout.Infinite);
            }

            child.WaitForExit();
            Assert.True(killer is not null, $"the child ended with {child.ExitCode} by itself");
            killer.Dispose();
            return (announced, acknowledged);
        }
    }
}
