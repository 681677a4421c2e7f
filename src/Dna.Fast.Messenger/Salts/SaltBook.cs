using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Which salts a user shares with whom: the file <c>salts</c> in the user's folder, sealed for the user. Any thread; processes share it.</summary>
/// <remarks>Sealed is <c>count 2</c>, then for each contact <c>fingerprint 64 | agreed 1 | time 8 | plain until 8 | plain read 8 | salt 32 | salt before 32</c>, zeros for none; numbers big-endian.</remarks>
internal sealed class SaltBook(IUserKeys keys, StateFolder folder, TimeProvider time, Action<string>? notify)
{
    /// <summary>Contacts with a salt: 600 KB; with whom there is no room it goes on without.</summary>
    private const int ContactsMax = 4096;

    private const string FileName = "salts";

    /// <summary>How long another process may keep the lock: writing it takes milliseconds.</summary>
    private static readonly TimeSpan TurnBound = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private Dictionary<string, SharedSalt> _salts = [];
    private bool _isRead;

    /// <summary>Whose salts they are: a fingerprint.</summary>
    public string User => keys.Fingerprint;

    /// <summary>Reads what other processes wrote.</summary>
    /// <returns>False after a message: it cannot be read, so where messages lie is not known.</returns>
    public Task<bool> OpenAsync(CancellationToken cancellation) => !IsEmpty || folder.Has(FileName) ? InTurnAsync(() => { }, cancellation) : Task.FromResult(true);

    public SharedSalt? Of(string contact)
    {
        lock (_lock) return _salts.GetValueOrDefault(contact);
    }

    /// <summary>Where we write what we send to a contact.</summary>
    public OutboxPlace ToContact(string contact) =>
        Of(contact) is { IsAgreed: true } salt ? OutboxPlace.Salted(salt.Salt.Span, keys.Fingerprint, contact) : OutboxPlace.Plain(keys.Fingerprint, contact);

    /// <summary>Where we look for what a contact sent us; one at least, the salted one first.</summary>
    public IReadOnlyList<OutboxPlace> FromContact(string contact, ulong now)
    {
        OutboxPlace plain = OutboxPlace.Plain(contact, keys.Fingerprint);
        if (Of(contact) is not { } salt) return [plain];
        var places = new List<OutboxPlace> { OutboxPlace.Salted(salt.Salt.Span, contact, keys.Fingerprint) };
        if (!salt.ReadsOthers(now)) return places;
        if (!salt.Before.IsEmpty) places.Add(OutboxPlace.Salted(salt.Before.Span, contact, keys.Fingerprint));
        places.Add(plain);
        return places;
    }

    /// <summary>Changes what is shared with a contact, on the disk before this returns.</summary>
    /// <param name="change">Null is for "as it is".</param>
    /// <returns>False when it is as it was: nothing was to be changed, or it cannot be kept, which was told.</returns>
    public async Task<bool> ChangeAsync(string contact, Func<SharedSalt?, SharedSalt?> change, CancellationToken cancellation)
    {
        bool isChanged = false;
        bool isKept = await InTurnAsync(
            () =>
            {
                SharedSalt? present = Of(contact);
                if (change(present) is not { } next || next == present || (present is null && Count >= ContactsMax)) return;
                var salts = new Dictionary<string, SharedSalt>(_salts) { [contact] = next };
                if (Write(salts) is not { } content) return;
                folder.Write(StateKind.Salts, FileName, content);
                lock (_lock) _salts = salts;
                isChanged = true;
            },
            cancellation).ConfigureAwait(false);
        return isKept && isChanged;
    }

    private bool IsEmpty => Count == 0;

    private int Count
    {
        get
        {
            lock (_lock) return _salts.Count;
        }
    }

    private async Task<bool> InTurnAsync(Action action, CancellationToken cancellation)
    {
        try
        {
            using FileTurn? turn = await folder.Turns.EnterAsync(FileName, new Deadline(time, TurnBound), cancellation).ConfigureAwait(false);
            if (turn is null) return false;
            if (!turn.WasOurs || !_isRead) Load();
            action();
            return true;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            notify?.Invoke("The salts that are shared with contacts cannot be kept: " + refusal.Message);
            return false;
        }
    }

    private void Load()
    {
        _isRead = false;
        Dictionary<string, SharedSalt> salts = [];
        if (folder.Read(StateKind.Salts, FileName) is { } content && !TryRead(content, salts)) folder.SetAside(FileName, "cannot be opened with these keys");
        lock (_lock) _salts = salts;
        _isRead = true;
    }

    private byte[]? Write(Dictionary<string, SharedSalt> salts)
    {
        var writer = new ByteWriter(2 + salts.Count * 160);
        writer.UInt16((ushort)salts.Count);
        foreach ((string contact, SharedSalt salt) in salts)
        {
            writer.Bytes(Convert.FromHexString(contact)).Byte(salt.IsAgreed ? (byte)1 : (byte)0).UInt64(salt.Time).UInt64(salt.PlainUntil).UInt64(salt.PlainRead)
                .Bytes(salt.Salt.Span).Bytes(salt.Before.IsEmpty ? new byte[SaltNote.SaltBytes] : salt.Before.Span);
        }

        return keys.Seal([keys.EncryptionKey], writer.Written);
    }

    private bool TryRead(byte[] content, Dictionary<string, SharedSalt> salts)
    {
        if (keys.Open(content, out byte[]? opened, out byte[]? signer) != OpenStatus.Ok || !signer.AsSpan().SequenceEqual(keys.SigningKey.Span)) return false;
        var reader = new ByteReader(opened);
        if (!reader.TryUInt16(out ushort count)) return false;
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryBytes(Sha3.Bytes512, out ReadOnlySpan<byte> contact) || !reader.TryByte(out byte isAgreed) || !reader.TryUInt64(out ulong offered) || !reader.TryUInt64(out ulong plainUntil)
                || !reader.TryUInt64(out ulong plainRead) || !reader.TryBytes(SaltNote.SaltBytes, out ReadOnlySpan<byte> salt) || !reader.TryBytes(SaltNote.SaltBytes, out ReadOnlySpan<byte> before))
                return false;
            salts[Convert.ToHexStringLower(contact)] = new SharedSalt(salt.ToArray(), offered)
            {
                IsAgreed = isAgreed == 1,
                PlainUntil = plainUntil,
                PlainRead = plainRead,
                Before = before.ContainsAnyExcept((byte)0) ? before.ToArray() : default(ReadOnlyMemory<byte>),
            };
        }

        return true;
    }
}
