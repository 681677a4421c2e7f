namespace Dna.Fast.Messenger;

/// <summary>Puts into the network what others need to find us: keys under the name they already have, the reverse entry, and the certificate of the owner key.</summary>
internal static class KeyPublisher
{
    /// <summary>Publishes. What cannot be read is not written over: an entry or a profile that is not known could hold a name.</summary>
    public static async Task<PutReport> PublishAsync(UserScope scope, Deadline deadline, CancellationToken cancellation)
    {
        Answer<string?> name = await NameAsync(scope.Keys.Fingerprint, scope.Services, deadline, cancellation).ConfigureAwait(false);
        if (!name.IsSuccess) return PutReport.No(name.Code);
        PutReport[] reports = await Task.WhenAll(
            scope.Services.Keyserver.PublishAsync(scope.Keys, name.Value, deadline.Left, cancellation),
            scope.Services.Network.PublishCertificateAsync(deadline, cancellation)).ConfigureAwait(false);
        return PutReport.Worst(reports);
    }

    /// <summary>The name our entry shows, or the one our profile claims; null when there is neither.</summary>
    private static async Task<Answer<string?>> NameAsync(string fingerprint, MessengerServices services, Deadline deadline, CancellationToken cancellation)
    {
        Answer<PublicKeyEntry> entry = await services.Keyserver.LookupAsync(fingerprint, Freshness.Fresh, deadline.Left, cancellation).ConfigureAwait(false);
        if (entry.Value is { } present && present.Identity != fingerprint) return Answer<string?>.Of(NameRules.MayExist(present.Identity) ? present.Identity : null);
        if (entry.Code is not (ResultCode.Success or ResultCode.NotFound or ResultCode.AuthenticationFailed)) return Answer<string?>.No(entry.Code);
        Answer<Profile> profile = await services.Profiles.LoadAsync(fingerprint, Freshness.Fresh, deadline.Left, cancellation).ConfigureAwait(false);
        if (profile.Code is not (ResultCode.Success or ResultCode.NotFound or ResultCode.AuthenticationFailed)) return Answer<string?>.No(profile.Code);
        bool hasName = profile.Value?.Name is { } claimed && claimed.IsValidAt(services.Network.Now);
        return Answer<string?>.Of(hasName ? profile.Value!.Name!.Name : null);
    }
}
