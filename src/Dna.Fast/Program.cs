using Dna.Fast.Identity;

SodiumLibrary.Use(() => typeof(Program).Assembly.GetManifestResourceStream("libsodium"));
Console.WriteLine($"dna 0.1.0 (libsodium {SodiumLibrary.LoadedVersion()})");
