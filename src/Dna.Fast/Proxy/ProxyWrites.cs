using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;
using Microsoft.AspNetCore.Http;

namespace Dna.Fast.Proxy;

/// <summary>Puts: as they are, permanent, and signed or encrypted by the proxy's own identity. Each is answered with the value as it was put.</summary>
/// <param name="signer">The proxy's identity; null: it has none.</param>
internal sealed class ProxyWrites(IDht dht, ProxySigner? signer, IValueVerifier verifier, PermanentPuts puts, ProxyGate gate, ProxyFigures figures)
{
    /// <summary>A put that has to find its nodes first takes some seconds.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public async Task PutAsync(HttpContext context, InfoHash key)
    {
        figures.Add(ProxyCounter.RequestPut);
        if (await ReadAsync(context).ConfigureAwait(false) is not { } read) return;
        if (!read.TryPack(out byte[] packed, out string? problem))
        {
            await RefuseValueAsync(context, problem!).ConfigureAwait(false);
            return;
        }

        if (!read.Value.Owner.IsEmpty && TypeRegistry.ChecksSignature(read.Value.Type) && !verifier.Verify(read.Value.Owner.Span, read.Value.BodyToSign(), read.Value.Signature.Span))
        {
            await RefuseValueAsync(context, "the signature is not right, so no node would store the value").ConfigureAwait(false);
            return;
        }

        PutAnswer answer;
        if (read.IsPermanent)
        {
            (QuotaVerdict verdict, answer) = await puts.PutAsync(key, read.Value.Id, packed, ProxyGate.SourceOf(context), gate.Limits, Deadline, context.RequestAborted).ConfigureAwait(false);
            if (verdict != QuotaVerdict.Taken)
            {
                figures.Add(verdict == QuotaVerdict.Full ? ProxyCounter.RefusedPermanentPuts : ProxyCounter.RefusedPermanentPutsSource);
                int status = verdict == QuotaVerdict.Full ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status429TooManyRequests;
                await ProxyAnswer.RefuseAsync(context, status, "too many permanent values").ConfigureAwait(false);
                return;
            }
        }
        else
        {
            puts.End(key, read.Value.Id, ProxyGate.SourceOf(context));
            answer = await dht.PutAsync(key, packed, Deadline, context.RequestAborted).ConfigureAwait(false);
        }

        await AnswerAsync(context, answer.Status == PutAnswerStatus.Acknowledged, answer.Status.ToString(), packed).ConfigureAwait(false);
    }

    public async Task SignAsync(HttpContext context, InfoHash key)
    {
        figures.Add(ProxyCounter.RequestSign);
        if (signer is null)
        {
            await RefuseIdentityAsync(context).ConfigureAwait(false);
            return;
        }

        if (await ReadNewAsync(context).ConfigureAwait(false) is not { } read) return;
        (SecurePutAnswer answer, byte[] packed) = await signer.SignAsync(key, NewOf(read), Deadline, context.RequestAborted).ConfigureAwait(false);
        await AnswerAsync(context, answer.Status == SecurePutStatus.Acknowledged, answer.Status.ToString(), packed).ConfigureAwait(false);
    }

    public async Task EncryptAsync(HttpContext context, InfoHash key)
    {
        figures.Add(ProxyCounter.RequestEncrypt);
        if (signer is null)
        {
            await RefuseIdentityAsync(context).ConfigureAwait(false);
            return;
        }

        if (await ReadNewAsync(context).ConfigureAwait(false) is not { } read) return;
        if (!KeyName.TryParse(read.Recipient, out KeyName recipient))
        {
            await RefuseValueAsync(context, "to has to be the recipient's key id: 40 hexadecimal digits, or 64 of its long id").ConfigureAwait(false);
            return;
        }

        (SecurePutAnswer answer, byte[] packed) = await signer.EncryptAsync(key, recipient, NewOf(read), Deadline, context.RequestAborted).ConfigureAwait(false);
        await AnswerAsync(context, answer.Status == SecurePutStatus.Acknowledged, answer.Status.ToString(), packed).ConfigureAwait(false);
    }

    private static NewSecureValue NewOf(ValueObject read) => new()
    {
        // Under a random id nothing lies, so nothing has to be read before it is put.
        Id = read.HasId ? read.Value.Id : 0,
        Type = read.Value.Type,
        Data = read.Value.Data,
        UserType = read.Value.UserType,
        Priority = read.Value.Priority,
    };

    private async Task<ValueObject?> ReadNewAsync(HttpContext context)
    {
        if (await ReadAsync(context).ConfigureAwait(false) is not { } read) return null;
        string? problem = read.IsPermanent ? "permanent values are put under /key/HASH alone"
            : !read.Value.Owner.IsEmpty || !read.Value.Cypher.IsEmpty ? "the value is signed or encrypted already"
            : null;
        if (problem is null) return read;
        await RefuseValueAsync(context, problem).ConfigureAwait(false);
        return null;
    }

    private async Task<ValueObject?> ReadAsync(HttpContext context)
    {
        if (await ProxyAnswer.ReadBodyAsync(context, figures).ConfigureAwait(false) is not { } body) return null;
        string? problem = "Missing parameters";
        if (!body.IsEmpty && ValueObject.Read(body, out problem) is { } read) return read;
        await RefuseValueAsync(context, problem!).ConfigureAwait(false);
        return null;
    }

    private Task AnswerAsync(HttpContext context, bool isPut, string status, byte[] packed)
    {
        if (!isPut)
        {
            figures.Add(ProxyCounter.RefusedNetwork);
            return ProxyAnswer.RefuseAsync(context, StatusCodes.Status502BadGateway, "put failed: " + Hosting.StatusReport.SnakeCase(status).Replace('_', ' '));
        }

        figures.Add(ProxyCounter.ValueIn);
        return Http.Answer.WriteAsync(context, StatusCodes.Status200OK, ProxyAnswer.Json, ValueObject.Write(packed));
    }

    private Task RefuseValueAsync(HttpContext context, string why)
    {
        figures.Add(ProxyCounter.RefusedValue);
        return ProxyAnswer.RefuseAsync(context, StatusCodes.Status400BadRequest, why);
    }

    private Task RefuseIdentityAsync(HttpContext context)
    {
        figures.Add(ProxyCounter.RefusedUnsupported);
        return ProxyAnswer.RefuseAsync(context, StatusCodes.Status501NotImplemented, "this proxy has no identity to sign and encrypt with");
    }
}
