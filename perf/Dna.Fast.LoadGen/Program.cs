using Dna.Fast.LoadGen.Cli;

return RootCommands.Run(args);
