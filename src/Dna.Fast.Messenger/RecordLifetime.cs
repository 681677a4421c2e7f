using Dna.Fast.Kademlia.ValueTypes;

namespace Dna.Fast.Messenger;

/// <summary>Which value type keeps a record for how long (DNA layer specification, section 3.2): the time itself never travels, only the type does.</summary>
public static class RecordLifetime
{
    /// <summary>The shortest-lived type that keeps a record at least so long, as far as there is one.</summary>
    /// <param name="wanted">Zero or less: 7 days, as the original client has it. More than 365 days: 365 days.</param>
    public static ushort TypeFor(TimeSpan wanted) => wanted.TotalDays switch
    {
        <= 7 => TypeRegistry.SevenDays,
        <= 30 => TypeRegistry.ThirtyDays,
        _ => TypeRegistry.Year,
    };

    /// <summary>How long a value of this type lives from its creation on.</summary>
    public static TimeSpan Of(ushort type) => TimeSpan.FromMilliseconds(TypeRegistry.LifetimeMs(type));
}
