namespace Dna.Fast.Net.Tests;

public sealed class LinuxWorkerTests() : WorkerConformance(SocketKind.Linux);
