namespace Dna.Fast.Net.Tests;

public sealed class PortableWorkerTests() : WorkerConformance(SocketKind.Portable);
