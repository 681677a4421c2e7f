namespace Dna.Fast.Settings;

/// <summary>How a key's value is written in a configuration file.</summary>
internal enum ConfigKind
{
    /// <summary>A TOML integer.</summary>
    Number,

    /// <summary>A TOML integer of bytes, or a string such as "64MiB".</summary>
    Size,

    /// <summary>A TOML string.</summary>
    Text,

    /// <summary>true or false.</summary>
    Switch,

    /// <summary>A TOML array of strings; in the environment, separated by commas or spaces.</summary>
    List,
}
