using Dna.Fast.Commands;
using Dna.Fast.Identity;

// Only said here, loaded when it is first needed.
SodiumLibrary.Use(() => typeof(VersionLine).Assembly.GetManifestResourceStream("libsodium"));
return await CommandLineRoot.InvokeAsync(args, Console.Out, Console.Error).ConfigureAwait(false);
