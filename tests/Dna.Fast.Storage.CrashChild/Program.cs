using System.Buffers.Binary;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage;
using Dna.Fast.Storage.CrashChild;

// Puts values until it is killed: <directory> <seed> <checkpoint every N puts, 0 for never> <time, ms since 1970>.
// Standard output is a row of 16-byte records, little endian: i64 number of the operation, i64 ticket or, for a row of acknowledgements, -1.
// So the parent learns of every operation before it happens (it may or may not survive) and of every acknowledgement after it (it must survive).
string directory = args[0];
int seed = int.Parse(args[1]), checkpointEvery = int.Parse(args[2]);
long now = long.Parse(args[3]);

OpenResult opened = FasterValueStore.Open(CrashLoad.Options(directory));
if (opened.Store is not { } store)
{
    Console.Error.WriteLine(opened.Message);
    return 1;
}

using Stream output = Console.OpenStandardOutput();
AcknowledgementWriter acknowledgements = new(store, output);
store.Observe(acknowledgements);
acknowledgements.Say(CrashLoad.Ready, 0);
for (int number = 0; ; number++)
{
    CrashLoad.Operation operation = CrashLoad.OperationOf(seed, number);
    acknowledgements.Say(number, CrashLoad.Announced);
    long ticket = CrashLoad.Do(store, operation, seed, now);
    acknowledgements.Await(number, ticket);
    if (checkpointEvery != 0 && number % checkpointEvery == checkpointEvery - 1) store.Keeper.Checkpoint();
}

namespace Dna.Fast.Storage.CrashChild
{
    /// <summary>Writes a row for each operation whose ticket has been reached.</summary>
    internal sealed class AcknowledgementWriter(FasterValueStore store, Stream output) : IStoreObserver
    {
        // As many operations are under way at once; the rest of the load waits, as peers do.
        private const int InFlight = 32;

        private readonly Lock _lock = new();
        private readonly Queue<(long Number, long Ticket)> _waiting = [];

        public void Say(long number, long what)
        {
            Span<byte> row = stackalloc byte[16];
            BinaryPrimitives.WriteInt64LittleEndian(row, number);
            BinaryPrimitives.WriteInt64LittleEndian(row[8..], what);
            lock (_lock)
            {
                output.Write(row);
                output.Flush();
            }
        }

        public void Await(long number, long ticket)
        {
            if (ticket == 0) return;
            lock (_lock) _waiting.Enqueue((number, ticket));
            store.RequestCommit();
            Committed();
            SpinWait spin = default;
            while (Count >= InFlight) spin.SpinOnce();
        }

        public void Committed()
        {
            while (true)
            {
                long number;
                lock (_lock)
                {
                    if (!_waiting.TryPeek(out (long Number, long Ticket) first) || first.Ticket > store.CommittedTicket) return;
                    number = first.Number;
                    _waiting.Dequeue();
                }

                Say(number, CrashLoad.Acknowledged);
            }
        }

        public void Removed(in Wire.InfoHash key, ulong valueId, RemovalReason reason)
        {
        }

        private int Count
        {
            get
            {
                lock (_lock) return _waiting.Count;
            }
        }
    }
}
