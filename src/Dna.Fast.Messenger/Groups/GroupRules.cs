namespace Dna.Fast.Messenger;

/// <summary>Which of the versions of a group that were found counts (DNA layer, sections 12.2 and 12.4). Any thread.</summary>
public static class GroupRules
{
    /// <summary>How far members' versions may go beyond the creator's last one: more than members change in a busy year. Without a bound one member's highest number would be the last version there
    /// ever is; so the creator's next change is the higher one, and members go on from there.</summary>
    public const uint MemberVersionsMax = 1024;

    /// <summary>The version that counts; null when none does.</summary>
    /// <remarks>
    /// <list type="bullet">
    /// <item>The creator's versions are valid. Another's is valid when its signer is a member of the highest valid version below it, changed only what a member may, and its number is at most
    /// <see cref="MemberVersionsMax"/> above the creator's last.</item>
    /// <item>Of the valid ones the highest version counts; of equal ones the creator's, then the one with the lower signer's fingerprint, so that all readers agree.</item>
    /// <item>A deletion counts when the creator signed it, and for ever: whatever version others write later.</item>
    /// <item>Only where the creator signed nothing that is found, unsigned versions of old clients count: the highest version, then the newest. An unsigned deletion never counts.</item>
    /// </list>
    /// </remarks>
    /// <param name="found">What <see cref="GroupCodec.Read"/> let through.</param>
    /// <param name="creator">Whose group it is, when the reader knows; null when not: then two creators who both sign make it nobody's.</param>
    public static Group? Choose(IReadOnlyCollection<Group> found, string? creator)
    {
        Group[] signed = [.. found.Where(group => group.IsSigned && (creator is null || group.Creator == creator))];
        Group[] roots = [.. signed.Where(group => group.Signer == group.Creator)];
        if (roots.Length == 0)
        {
            return found.Where(group => !group.IsSigned && !group.IsDeleted && (creator is null || group.Creator == creator))
                .OrderByDescending(group => group.Version).ThenByDescending(group => group.CreatedAt).FirstOrDefault();
        }

        if (roots.Select(group => group.Creator).Distinct().Count() != 1) return null;
        if (roots.FirstOrDefault(group => group.IsDeleted) is { } deleted) return deleted;
        string owner = roots[0].Creator;
        Group? best = null;
        uint lastOfOwner = 0;
        foreach (Group next in signed.Where(group => group.Creator == owner).OrderBy(group => group.Version).ThenByDescending(group => group.Signer == owner)
            .ThenBy(group => group.Signer, StringComparer.Ordinal))
        {
            // Equal versions: the first in this order stays.
            bool isHigher = best is null || next.Version > best.Version;
            if (!isHigher) continue;
            if (next.Signer == owner)
            {
                best = next;
                lastOfOwner = next.Version;
            }
            else if (best is not null && next.Version - lastOfOwner <= MemberVersionsMax && MayWrite(best, next))
            {
                best = next with { VersionsSinceCreator = next.Version - lastOfOwner };
            }
        }

        return best;
    }

    /// <summary>True when the signer of a version, being no creator, was a member of the version before, took away nobody but itself, and left the creator's key version as it was.</summary>
    public static bool MayWrite(Group before, Group next) =>
        !before.IsDeleted && !next.IsDeleted && before.Members.Contains(next.Signer) && next.CreatedAt == before.CreatedAt && next.KeyVersion == before.KeyVersion
        && before.Members.Except(next.Members).All(gone => gone == next.Signer);
}
