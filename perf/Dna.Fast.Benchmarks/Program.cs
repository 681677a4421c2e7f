using BenchmarkDotNet.Running;

// One command runs them all: dotnet run -c Release --project perf/Dna.Fast.Benchmarks -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
