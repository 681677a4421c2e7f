"""A second opinion on the records of the DNA layer: layouts, keys and signatures, written from the layer's specification and FIPS 204.

Nothing in common with the product but those papers: json and hashlib read the records, ML-DSA-87 is verified with whole numbers modulo q, and what is sealed is opened by
kyber_oracle.py, which lies beside this file.

  dna_oracle.py keys ALICE BOB NAME UUID POST DAY SIGNING-KEY   one line a record: its name and the 20 bytes it lives under, in hex
  dna_oracle.py check FOLDER ALICE-SEED BOB-SEED                one line a file of the folder: "NAME ok WHAT", or "NAME wrong WHY"; the seeds are those of the encryption keys, in hex

The files of a folder: pubkey, reverse, lookup, profile, contactlist, outbox, bucket, dht_identity, group, groupkey, groupmessages, wall, guestwall, votes, presence, request, ack, chunk,
each with whatever ending. All are alice's; sealed to bob are outbox, bucket and groupkey. groupmessages has its group's key in groupmessages.key.
"""
import base64
import hashlib
import json
import os
import sys
import zlib

import kyber_oracle as kyber

# --- ML-DSA-87, verification only (FIPS 204, algorithm 8) --------------------------------------------------------------------------------

Q, K, L, TAU, GAMMA1, GAMMA2, BETA, OMEGA = 8380417, 8, 7, 60, 1 << 19, 261888, 120, 75
ZETA = [pow(1753, i, Q) for i in range(512)]
KEY_BYTES, SIGNATURE_BYTES = 2592, 4627


def shake256(data, size): return hashlib.shake_256(data).digest(size)


def transform(f, e=256):
    """f modulo X^n - zeta^e, halved until each part is a number."""
    if len(f) == 1: return f
    half, w = len(f) // 2, ZETA[e // 2]
    low, high = f[:half], f[half:]
    return transform([(a + w * b) % Q for a, b in zip(low, high)], e // 2) + transform([(a - w * b) % Q for a, b in zip(low, high)], e // 2 + 256)


def back(f, e=256):
    if len(f) == 1: return f
    half, w, two = len(f) // 2, ZETA[(512 - e // 2) % 512], (Q + 1) // 2
    left, right = back(f[:half], e // 2), back(f[half:], e // 2 + 256)
    return [(a + b) * two % Q for a, b in zip(left, right)] + [(a - b) * two * w % Q for a, b in zip(left, right)]


def uniform(rho, row, column):
    stream = hashlib.shake_128(rho + bytes([column, row])).digest(1344)
    numbers = [int.from_bytes(stream[at:at + 3], 'little') & 0x7FFFFF for at in range(0, len(stream), 3)]
    return [x for x in numbers if x < Q][:256]


def unpack(data, bits):
    whole = int.from_bytes(data, 'little')
    return [whole >> bits * i & (1 << bits) - 1 for i in range(256)]


def challenge(seed):
    stream = shake256(seed, 1024)
    signs, at, c = int.from_bytes(stream[:8], 'little'), 8, [0] * 256
    for i in range(256 - TAU, 256):
        while stream[at] > i: at += 1
        c[i], c[stream[at]] = c[stream[at]], 1 - 2 * (signs & 1)
        at, signs = at + 1, signs >> 1
    return c


def hints(data):
    rows, first = [], 0
    for row in range(K):
        last = data[OMEGA + row]
        places = list(data[first:last])
        if last < first or last > OMEGA or places != sorted(set(places)): return None
        rows.append(set(places))
        first = last
    return rows if not any(data[first:OMEGA]) else None


def high(r, hint):
    low = r % (2 * GAMMA2)
    if low > GAMMA2: low -= 2 * GAMMA2
    top, low = (0, low - 1) if r - low == Q - 1 else ((r - low) // (2 * GAMMA2), low)
    return (top + (1 if low > 0 else -1)) % 16 if hint else top


def verify(key, message, signature):
    if len(key) != KEY_BYTES or len(signature) != SIGNATURE_BYTES: return False
    z = [[GAMMA1 - x for x in unpack(signature[64 + 640 * i:704 + 640 * i], 20)] for i in range(L)]
    marks = hints(signature[64 + 640 * L:])
    if marks is None or max(abs(x) for part in z for x in part) >= GAMMA1 - BETA: return False
    mu = shake256(shake256(key, 64) + b'\0\0' + message, 64)
    c = transform([x % Q for x in challenge(signature[:64])])
    z = [transform([x % Q for x in part]) for part in z]
    top = b''
    for row in range(K):
        t = transform([(x << 13) % Q for x in unpack(key[32 + 320 * row:352 + 320 * row], 10)])
        w = [-a * b for a, b in zip(c, t)]
        for column in range(L): w = [x + a * b for x, a, b in zip(w, uniform(key[:32], row, column), z[column])]
        w1 = [high(x, i in marks[row]) for i, x in enumerate(back([x % Q for x in w]))]
        top += sum(x << 4 * i for i, x in enumerate(w1)).to_bytes(128, 'little')
    return shake256(mu + top, 64) == signature[:64]


# --- what every record needs -------------------------------------------------------------------------------------------------------------

def sha3_512(data): return hashlib.sha3_512(data).digest()
def number(value, size): return int(value).to_bytes(size, 'big')
def fixed(text, size): return text.encode().ljust(size, b'\0')
def fingerprint(key): return sha3_512(key).hex()


class Wrong(Exception): pass


def need(is_so, why):
    if not is_so: raise Wrong(why)


class Reader:
    def __init__(self, data): self.data, self.at = data, 0
    def take(self, size):
        need(self.at + size <= len(self.data), 'too short')
        self.at += size
        return self.data[self.at - size:self.at]
    def number(self, size): return int.from_bytes(self.take(size), 'big')
    def text(self, size): return self.take(size).split(b'\0')[0].decode()


# --- keys (tables 0.1 and 0.2) -----------------------------------------------------------------------------------------------------------

def keys(alice, bob, name, uuid, post, day, signing_key):
    hexed = lambda text: sha3_512(text.encode()).hex().encode()
    raw = lambda text: sha3_512(text.encode())
    sha256 = lambda text: hashlib.sha256(text.encode()).hexdigest().encode()
    chunk = lambda base: sha3_512((base + ':chunk:0').encode())[:32]
    return {
        'pubkey': hexed(alice + ':pubkey'), 'reverse': hexed(alice + ':reverse'), 'lookup': hexed(name + ':lookup'), 'profile': hexed(alice + ':profile'),
        'old-profile': raw(alice + ':profile'), 'dht_identity': raw(alice + ':dht_identity'), 'contactlist': raw(alice + ':contactlist'),
        'outbox': raw(alice + ':outbox:' + bob), 'group': hexed(uuid), 'wall': sha256(alice + ':message_wall'), 'presence': sha3_512(bytes.fromhex(signing_key)),
        'requests': raw(alice + ':requests'), 'ack': raw(bob + ':ack:' + alice), 'votes': sha256(post + ':votes'), 'registry': hexed('dna:bootstrap:registry'),
        'bucket': chunk(alice + ':outbox:' + bob + ':' + day), 'group-key': chunk(uuid + ':gek:1'), 'group-outbox': chunk('dna:group:' + uuid + ':out:' + day),
        'wall-chunks': chunk(alice + ':wall:' + bob), 'contributors': chunk(alice + ':wall:contributors'), 'name-chunks': chunk(name + ':lookup'),
        'profile-chunks': chunk(alice + ':profile'), 'group-chunks': chunk('dht:group:' + uuid), 'nodes': chunk('dna:bootstrap:nodes'),
    }


# --- records -----------------------------------------------------------------------------------------------------------------------------

def pubkey(data, _):
    entry = json.loads(data)
    key, other = bytes.fromhex(entry['dilithium_pubkey']), bytes.fromhex(entry['kyber_pubkey'])
    need(fingerprint(key) == entry['fingerprint'], 'another fingerprint')
    message = entry['identity'].encode() + key + other + number(entry['timestamp'], 8) + number(entry['version'], 4) + entry['fingerprint'].encode()
    need(verify(key, message, bytes.fromhex(entry['signature'])), 'signature')
    return entry['identity']


def reverse(data, _):
    entry = json.loads(data)
    key = bytes.fromhex(entry['dilithium_pubkey'])
    need(fingerprint(key) == entry['fingerprint'], 'another fingerprint')
    need(verify(key, key + entry['identity'].encode() + number(entry['timestamp'], 8), bytes.fromhex(entry['signature'])), 'signature')
    return entry['identity']


def lookup(data, _):
    need(len(data) == 128 and bytes.fromhex(data.decode()).hex().encode() == data, 'no fingerprint')
    return data[:8].decode()


WALLETS = [(name, 120) for name in 'backbone kelvpn riemann raiden mileena subzero cpunk_testnet'.split()] + [(name, 128) for name in 'btc eth sol qevm bnb'.split()]
SOCIALS = [(name, 128) for name in 'telegram x github facebook instagram linkedin google'.split()]


def profile(data, _):
    it = json.loads(data)
    key, has = bytes.fromhex(it['dilithium_pubkey']), it['has_registered_name']
    need(fingerprint(key) == it['fingerprint'], 'another fingerprint')
    message = (fixed(it['fingerprint'], 129) + key + bytes.fromhex(it['kyber_pubkey']) + bytes([has]) + fixed(it.get('registered_name', ''), 256)
               + number(it.get('name_registered_at', 0), 8) + number(it.get('name_expires_at', 0), 8) + fixed(it.get('registration_tx_hash', ''), 67)
               + fixed(it.get('registration_network', ''), 32) + number(it.get('name_version', 0), 4)
               + b''.join(fixed(it['wallets'].get(name, ''), size) for name, size in WALLETS) + b''.join(fixed(it['socials'].get(name, ''), size) for name, size in SOCIALS)
               + fixed(it.get('bio', ''), 512) + fixed(it.get('profile_picture_ipfs', ''), 64) + number(it['timestamp'], 8) + number(it['version'], 4))
    need(len(message) == 7629, 'a message of %d bytes' % len(message))
    need(verify(key, message, bytes.fromhex(it['signature'])), 'signature')
    return it.get('bio', '')


def sealed(envelope, seed):
    """An envelope's plaintext, and the key that signed it."""
    text = kyber.open_envelope(seed, envelope)
    need(text is not None, 'does not open')
    block = envelope[-7224:]
    need(block[:5] == b'\x01' + number(KEY_BYTES, 2) + number(SIGNATURE_BYTES, 2), 'signature block')
    key = block[5:5 + KEY_BYTES]
    need(verify(key, text, block[5 + KEY_BYTES:]), 'signature of the envelope')
    return text, key


def outbox(data, seeds):
    it, texts = Reader(data), []
    for _ in range(it.number(4)):
        need(it.take(4) == b'DNA ', 'magic')
        version = it.number(1)
        need(version in (1, 2), 'version')
        if version == 2: it.number(8)
        sent, expiry = it.number(8), it.number(8)
        need(expiry == sent + 604800, 'expiry')
        sender, recipient = it.take(it.number(2)).decode(), it.take(it.number(2)).decode()
        text, key = sealed(it.take(it.number(4)), seeds['bob'])
        need(fingerprint(key) == sender and len(recipient) == 128, 'another sender')
        texts.append(text.decode())
    need(it.at == len(data), 'too long')
    return ', '.join(texts)


def contactlist(data, seeds):
    it = Reader(data)
    need(it.take(4) == b'CLST' and it.number(1) == 1, 'magic')
    timestamp, expiry = it.number(8), it.number(8)
    text, key = sealed(it.take(it.number(4)), seeds['alice'])
    need(verify(key, text, it.take(it.number(4))), 'outer signature')
    entry = json.loads(text)
    need(it.at == len(data) and expiry == timestamp + 604800 and entry['timestamp'] == timestamp and entry['version'] == 1 and entry['identity'] == fingerprint(key), 'frame')
    return ', '.join(name[:8] for name in entry['contacts'])


def dht_identity(data, seeds):
    it = Reader(kyber.open_blob(seeds['alice'], data) or b'')
    need(it.take(it.number(4)).startswith(b'-----BEGIN RSA PRIVATE KEY-----\n') and it.take(it.number(4)).startswith(b'-----BEGIN CERTIFICATE-----\n'), 'no identity')
    return 'key and certificate'


def group(data, _):
    it = json.loads(data)
    need(it['member_count'] == len(it['members']) and len(it['group_uuid']) == 36, 'members')
    if 'signature' in it:
        key = bytes.fromhex(it['signer_key'])
        texts = [it['creator'], it['signer'], it['name'], it['description']]
        counted = lambda text: number(len(text.encode()), 2) + text.encode()
        message = (b'dna-group-v1' + it['group_uuid'].encode() + b'\0' + number(it['created_at'], 8) + number(it['version'], 4) + number(it.get('gek_version', 0), 4)
                   + b''.join(map(counted, texts)) + number(len(it['members']), 2) + b''.join(map(counted, it['members'])))
        need(fingerprint(key) == it['signer'] and verify(key, message, bytes.fromhex(it['signature'])), 'signature')
    return it['name']


def groupkey(data, seeds):
    it, opened = Reader(data), None
    need(it.take(4) == b'GEK ', 'magic')
    it.take(36)
    version = it.number(4)
    private = kyber.derive(seeds['bob'])[1]
    for _ in range(it.number(1)):
        it.take(64)
        wrapped = it.take(1608)
        opened = opened or kyber.unwrap(kyber.decapsulate(wrapped[:1568], private), wrapped[1568:])
    signed = data[:it.at]
    need(it.number(1) == 23 and verify(seeds['alice-key'], signed, it.take(it.number(2))) and it.at == len(data), 'signature')
    need(opened is not None, 'does not open')
    return 'version %d, key %s' % (version, opened.hex()[:4])


def groupmessages(data, seeds):
    it, texts = json.loads(data), []
    need(it['version'] == 2 and it['sender_fingerprint'] == fingerprint(seeds['alice-key']), 'writer')
    for entry in it['messages']:
        nonce, cipher, tag, signature = [base64.b64decode(entry[name]) for name in ('nonce', 'ciphertext', 'tag', 'signature')]
        need(entry['message_id'] == '%s_%s_%d' % (entry['sender_fingerprint'], entry['group_uuid'], entry['timestamp_ms']), 'id')
        need(verify(seeds['alice-key'], entry['message_id'].encode() + number(entry['timestamp_ms'], 8) + cipher, signature), 'signature')
        text = kyber.gcm_open(seeds['group-key'], nonce, cipher, tag, b'')
        need(text is not None, 'does not open')
        texts.append(text.decode())
    return ', '.join(texts)


def wall(data, seeds, before=b''):
    it = json.loads(data)
    need(it['version'] == 1 and it['fingerprint'] == fingerprint(seeds['alice-key']), 'poster')
    for post in it['messages']:
        need(verify(seeds['alice-key'], before + post['text'].encode() + number(post['timestamp'], 8), base64.b64decode(post['signature'])), 'signature')
    return ', '.join(post['text'] for post in it['messages'])


def guestwall(data, seeds): return wall(data, seeds, b'dna-wall-guest-v1' + seeds['bob-name'].encode())


def votes(data, seeds):
    it = json.loads(data)
    for vote in it['votes']:
        need(vote['voter'] == fingerprint(seeds['alice-key']), 'voter')
        message = it['post_id'].encode() + (vote['vote'] & 255).to_bytes(1, 'big') + number(vote['timestamp'], 8)
        need(verify(seeds['alice-key'], message, base64.b64decode(vote['signature'])), 'signature')
    need(it['upvote_count'] - it['downvote_count'] == sum(vote['vote'] for vote in it['votes']), 'counts')
    return '%d up, %d down' % (it['upvote_count'], it['downvote_count'])


def presence(data, seeds):
    it = json.loads(data)
    ip = it['ip'].encode()
    message = b'dna-presence-v1' + fingerprint(seeds['alice-key']).encode() + number(len(ip), 2) + ip + number(it['port'], 2) + number(it['timestamp'], 8)
    need(verify(seeds['alice-key'], message, bytes.fromhex(it['signature'])), 'signature')
    return '%s %d' % (it['ip'], it['port'])


def request(data, seeds):
    it = Reader(data)
    need(it.take(4) == b'DNAR' and it.number(1) == 1, 'magic')
    sent, expiry, sender, name, key, message = it.number(8), it.number(8), it.text(129), it.take(64), it.take(KEY_BYTES), it.text(256)
    signed = data[:it.at]
    need(expiry == sent + 604800 and fingerprint(key) == sender and verify(key, signed, it.take(it.number(2))) and it.at == len(data), 'signature')
    need(name[48:] == hashlib.sha3_256(b'dna-request-v1' + seeds['bob-name'].encode()).digest()[:16], 'for somebody else')
    return '%s: %s' % (name.split(b'\0')[0].decode(), message)


def ack(data, seeds):
    it = Reader(data)
    time, count = it.number(8), it.number(2)
    it.take(16 * count)
    body, key, signature = data[:it.at], it.take(KEY_BYTES), it.take(SIGNATURE_BYTES)
    need(key == seeds['alice-key'] and verify(key, b'dna-ack-v1' + fingerprint(key).encode() + seeds['bob-name'].encode() + body, signature) and it.at == len(data), 'signature')
    return '%d until %d' % (count, time)


def chunk(data, _):
    it = Reader(data)
    need(it.take(4) == b'DNAC' and it.number(1) == 2, 'magic')
    total, index, size, original, crc = [it.number(4) for _ in range(5)]
    if index == 0: it.take(32)
    payload = it.take(size)
    need(it.at == len(data) and zlib.crc32(payload) == crc and index < total, 'header')
    need(index > 0 or payload[:4] == b'\x28\xb5\x2f\xfd', 'not Zstandard')
    return '%d of %d, %d bytes whole' % (index, total, original)


RECORDS = {'pubkey': pubkey, 'reverse': reverse, 'lookup': lookup, 'profile': profile, 'contactlist': contactlist, 'outbox': outbox, 'bucket': outbox, 'dht_identity': dht_identity,
           'group': group, 'groupkey': groupkey, 'groupmessages': groupmessages, 'wall': wall, 'guestwall': guestwall, 'votes': votes, 'presence': presence, 'request': request, 'ack': ack,
           'chunk': chunk}


def check(folder, alice_seed, bob_seed):
    read = lambda name: open(os.path.join(folder, name), 'rb').read()
    names = sorted(name for name in os.listdir(folder) if not name.endswith('.key'))
    seeds = {'alice': bytes.fromhex(alice_seed), 'bob': bytes.fromhex(bob_seed)}
    for name, file in (('alice-key', 'alice.key'), ('bob-key', 'bob.key'), ('group-key', 'groupmessages.key')):
        if os.path.exists(os.path.join(folder, file)): seeds[name] = read(file)
    if 'bob-key' in seeds: seeds['bob-name'] = fingerprint(seeds['bob-key'])
    for name in names:
        try:
            print(name, 'ok', RECORDS[name.split('.')[0]](read(name), seeds), flush=True)
        except (Wrong, KeyError, ValueError) as problem:
            print(name, 'wrong', repr(problem), flush=True)


if __name__ == '__main__':
    sys.stdout.reconfigure(encoding='utf-8')
    if sys.argv[1] == 'keys':
        for record, key in keys(*sys.argv[2:]).items(): print(record, hashlib.sha1(key).hexdigest())
    else:
        check(*sys.argv[2:])
