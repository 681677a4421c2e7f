using System.Globalization;
using Dna.Fast.LayerBench;

// Times the DNA layer end to end. What it does is told by tools/bench-layer --help.
const int Clients = 4, Contacts = 50, UnitRuns = 30;
int runs = 20, warmUp = 5;
string? readme = null;
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--runs": runs = int.Parse(args[++i], CultureInfo.InvariantCulture); break;
        case "--warm-up": warmUp = int.Parse(args[++i], CultureInfo.InvariantCulture); break;
        case "--readme": readme = args[++i]; break;
        default: Console.Error.WriteLine($"bench-layer: unknown argument '{args[i]}'"); return 2;
    }
}

double load = double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
var table = new LayerTable(load, runs, Clients);
using LayerSteps steps = await LayerSteps.StartAsync(Clients);
List<StepRun> register = [], lookup = [], first = [], next = [], read = [], readAndOpen = [];
for (int run = -warmUp; run < runs; run++)
{
    (StepRun registered, string name) = await steps.RegisterAsync();
    StepRun found = await steps.LookupAsync(name);
    (StepRun one, StepRun two) = await steps.SendAsync();
    // A check has fifty senders to prepare: half as many are enough.
    (StepRun Read, StepRun Both)? check = run % 2 == 0 ? await steps.CheckAsync(Contacts) : null;
    if (run < 0) continue;
    register.Add(registered);
    lookup.Add(found);
    first.Add(one);
    next.Add(two);
    if (check is not { } both) continue;
    read.Add(both.Read);
    readAndOpen.Add(both.Both);
}

table.AddStep("register a name", 50, "5200 to 7600 ms", register);
table.AddStep("look up a name", 5, "1 ms", lookup);
table.AddStep("send, first to a recipient", 20, "2200 ms", first);
table.AddStep("send, second", 20, "160 ms", next);
table.AddStep($"check {Contacts} contacts, read", 100, "160 to 2400 ms each", read);
table.AddStep($"check {Contacts} contacts, read and open", 100, "160 to 2400 ms each", readAndOpen);
table.AddUnits(steps.Units(UnitRuns));
Console.Write(table);
if (readme is not null) LayerTable.Replace(readme, table.ToString());
return 0;
