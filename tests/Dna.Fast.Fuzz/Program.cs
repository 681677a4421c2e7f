using System.Diagnostics;
using System.Globalization;
using Dna.Fast.Fuzz;
using Dna.Fast.Fuzz.Targets;

// Feeds broken inputs to parsers. What it does is told by tools/fuzz --help.
// Exit codes: 0 nothing found, 1 an input broke a promise, 2 wrong arguments.
var names = new List<string>();
double seconds = 60;
long first = 0, count = long.MaxValue;
int seed = 1;
string? inputFile = null, folder = null;
for (int i = 0; i < args.Length; i++)
{
    string Value() => ++i < args.Length ? args[i] : throw new ArgumentException($"{args[i - 1]} needs a value");
    switch (args[i])
    {
        case "--list": Console.WriteLine(string.Join('\n', FuzzTargets.All.Select(target => target.Name))); return 0;
        case "--seconds": seconds = double.Parse(Value(), CultureInfo.InvariantCulture); break;
        case "--seed": seed = int.Parse(Value(), CultureInfo.InvariantCulture); break;
        case "--from": first = long.Parse(Value(), CultureInfo.InvariantCulture); break;
        case "--count": count = long.Parse(Value(), CultureInfo.InvariantCulture); break;
        case "--input": inputFile = Value(); break;
        case "--out": folder = Value(); break;
        default: names.Add(args[i]); break;
    }
}

FuzzTarget[] wanted = [.. FuzzTargets.All.Where(target => names.Count == 0 || names.Contains(target.Name))];
if (wanted.Length < Math.Max(1, names.Count) || (inputFile is not null && wanted.Length != 1))
{
    Console.Error.WriteLine("fuzz: no such target; --list names them all, and --input needs one");
    return 2;
}

folder ??= Path.Combine(Environment.CurrentDirectory, "artifacts", "fuzz");
Directory.CreateDirectory(folder);
int found = 0;
foreach (FuzzTarget target in wanted)
{
    if (inputFile is not null)
    {
        string? problem = new FuzzRun(target, seed).Check(File.ReadAllBytes(inputFile), out bool isAccepted);
        Console.WriteLine($"{target.Name}: {problem ?? (isAccepted ? "accepted" : "refused")}");
        return problem is null ? 0 : 1;
    }

    (FileStream progress, Action<long> note) = FuzzRun.Progress(Path.Combine(folder, target.Name + ".progress"));
    using (progress)
    {
        long start = Stopwatch.GetTimestamp();
        double share = seconds / wanted.Length;
        FuzzReport report = new FuzzRun(target, seed) { Starting = note }.Run(first, count, () => Stopwatch.GetElapsedTime(start).TotalSeconds > share);
        Console.WriteLine($"{target.Name}: {report.Inputs} inputs, {report.Accepted} accepted, {Stopwatch.GetElapsedTime(start).TotalSeconds:f1} s");
        if (report.Failed is null) continue;
        found++;
        string file = Path.Combine(folder, $"{target.Name}-{seed}-{first + report.Inputs - 1}.bin");
        File.WriteAllBytes(file, report.Failed);
        Console.WriteLine($"  {report.Problem}\n  saved: {file}\n  again: tools/fuzz {target.Name} --input {file}");
    }
}

return found == 0 ? 0 : 1;
