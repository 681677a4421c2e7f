namespace Dna.Fast;

/// <summary>How <c>dna</c> ends: what scripts look at.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>It failed, or nothing was found.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Another program has the address.</summary>
    public const int AddressInUse = 3;

    /// <summary>The store, or a folder that a user's data is kept in, cannot be used, or another process has it.</summary>
    public const int Store = 4;

    /// <summary>No node answered, or not all did in time: whether something exists is not known.</summary>
    public const int Unreachable = 5;

    /// <summary>The identity cannot be used: no key file, a wrong passphrase, a damaged or foreign file, one that others can read.</summary>
    public const int Identity = 6;

    /// <summary>The configuration (file or environment) is wrong; every problem was said with its place.</summary>
    public const int Configuration = 7;

    /// <summary>It is there already, or somebody else has it: a name that is taken.</summary>
    public const int Taken = 8;
}
