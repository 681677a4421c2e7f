namespace Dna.Fast.Wire;

/// <summary>Field numbers of selections and filters (section 2.4).</summary>
public enum ValueField : byte
{
    None = 0,
    Id = 1,
    Type = 2,
    Owner = 3,
    Seq = 4,
    UserType = 5,
}
