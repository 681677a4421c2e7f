"""A second opinion on Kyber1024 round 3 and on what is sealed with it, written from CRYSTALS-Kyber 3.02, FIPS 197, NIST SP 800-38D and RFC 3394.

Slow, plain, and with nothing in common with the product but those papers: no packages, whole numbers modulo q, the transform by dividing polynomials.

  kyber_oracle.py vectors COUNT    one line per seeded run: what the tests compare (Fixtures/kyber1024-round3.txt)
  kyber_oracle.py                  reads one command a line, answers one line; all arguments and answers in hex:
      keypair SEED                 public key, private key
      encapsulate PUBLIC RANDOM    ciphertext, secret
      decapsulate CIPHER PRIVATE   secret
      envelope SEED ENVELOPE       plaintext of an envelope PQSIGENC, or "-"
      blob SEED BLOB               plaintext of an identity backup, or "-"
"""
import hashlib
import sys

Q, N, K, DU, DV = 3329, 256, 4, 11, 5
ZETA = [pow(17, i, Q) for i in range(256)]


def sha3_256(data): return hashlib.sha3_256(data).digest()
def sha3_512(data): return hashlib.sha3_512(data).digest()
def shake256(data, size): return hashlib.shake_256(data).digest(size)


# --- polynomials -------------------------------------------------------------------------------------------------------------------------

def transform(f, e=128):
    """f modulo X^n - zeta^e, divided until each part is linear: modulo X^(n/2) - zeta^(e/2) and X^(n/2) + zeta^(e/2), which is zeta^(e/2 + 128)."""
    if len(f) == 2: return f
    half, w = len(f) // 2, ZETA[e // 2]
    low, high = f[:half], f[half:]
    left = [(a + w * b) % Q for a, b in zip(low, high)]
    right = [(a - w * b) % Q for a, b in zip(low, high)]
    return transform(left, e // 2) + transform(right, e // 2 + 128)


def back(f, e=128):
    if len(f) == 2: return f
    half, w = len(f) // 2, ZETA[(256 - e // 2) % 256]
    left, right = back(f[:half], e // 2), back(f[half:], e // 2 + 128)
    two = (Q + 1) // 2
    return [(a + b) * two % Q for a, b in zip(left, right)] + [(a - b) * two * w % Q for a, b in zip(left, right)]


def exponents(e=128, n=N):
    return [e] if n == 2 else exponents(e // 2, n // 2) + exponents(e // 2 + 128, n // 2)


LEAVES = exponents()


def times(a, b):
    out = []
    for i, e in enumerate(LEAVES):
        a0, a1, b0, b1 = a[2 * i], a[2 * i + 1], b[2 * i], b[2 * i + 1]
        out += [(a0 * b0 + a1 * b1 * ZETA[e]) % Q, (a0 * b1 + a1 * b0) % Q]
    return out


def plus(*parts): return [sum(column) % Q for column in zip(*parts)]
def dot(left, right): return plus(*[times(a, b) for a, b in zip(left, right)])


def uniform(rho, i, j):
    out, size = [], 1024
    stream = hashlib.shake_128(rho + bytes([i, j])).digest(size)
    for at in range(0, size - 2, 3):
        three = int.from_bytes(stream[at:at + 3], 'little')
        out += [x for x in (three & 4095, three >> 12) if x < Q]
        if len(out) >= N: return out[:N]
    raise ValueError('an unlikely stream')


def noise(seed, nonce):
    bits = int.from_bytes(shake256(seed + bytes([nonce]), 128), 'little')
    one = lambda at: bits >> at & 1
    return [(one(4 * i) + one(4 * i + 1) - one(4 * i + 2) - one(4 * i + 3)) % Q for i in range(N)]


def pack(numbers, bits): return sum(x << bits * i for i, x in enumerate(numbers)).to_bytes(32 * bits, 'little')


def unpack(data, bits):
    whole = int.from_bytes(data, 'little')
    return [whole >> bits * i & (1 << bits) - 1 for i in range(N)]


def squeeze(f, d): return [(2 * (x << d) + Q) // (2 * Q) % (1 << d) for x in f]
def widen(f, d): return [(2 * x * Q + (1 << d)) >> d + 1 for x in f]


# --- Kyber -------------------------------------------------------------------------------------------------------------------------------

def keypair(d, z):
    seeds = sha3_512(d)
    rho, sigma = seeds[:32], seeds[32:]
    s = [transform(noise(sigma, i)) for i in range(K)]
    t = [plus(dot([uniform(rho, j, i) for j in range(K)], s), transform(noise(sigma, K + i))) for i in range(K)]
    public = b''.join(pack(x, 12) for x in t) + rho
    return public, b''.join(pack(x, 12) for x in s) + public + sha3_256(public) + z


def derive(seed): return keypair(seed, sha3_256(seed))


def encrypt(public, message, coins):
    t = [unpack(public[384 * i:384 * (i + 1)], 12) for i in range(K)]
    rho = public[384 * K:]
    r = [transform(noise(coins, i)) for i in range(K)]
    out = b''
    for i in range(K):
        u = plus(back(dot([uniform(rho, i, j) for j in range(K)], r)), noise(coins, K + i))
        out += pack(squeeze(u, DU), DU)
    v = plus(back(dot(t, r)), noise(coins, 2 * K), [x * ((Q + 1) // 2) for x in unpack(message, 1)])
    return out + pack(squeeze(v, DV), DV)


def encapsulate(public, random):
    message = sha3_256(random)
    both = sha3_512(message + sha3_256(public))
    cipher = encrypt(public, message, both[32:])
    return cipher, shake256(both[:32] + sha3_256(cipher), 32)


def decapsulate(cipher, private):
    s = [unpack(private[384 * i:384 * (i + 1)], 12) for i in range(K)]
    public, digest, z = private[1536:3104], private[3104:3136], private[3136:]
    u = [transform(widen(unpack(cipher[352 * i:352 * (i + 1)], DU), DU)) for i in range(K)]
    v = widen(unpack(cipher[1408:], DV), DV)
    message = pack(squeeze([(a - b) % Q for a, b in zip(v, back(dot(s, u)))], 1), 1)
    both = sha3_512(message + digest)
    same = encrypt(public, message, both[32:]) == cipher
    return shake256((both[:32] if same else z) + sha3_256(cipher), 32)


# --- AES-256, its counter mode with GHASH, and its key wrap ------------------------------------------------------------------------------

def field(a, b):
    out = 0
    while b:
        if b & 1: out ^= a
        a = a << 1 ^ (0x11B if a & 128 else 0)
        b >>= 1
    return out


def substitute(x):
    inverse = next((y for y in range(256) if field(x, y) == 1), 0)
    out = 0x63 ^ inverse
    for n in range(1, 5): out ^= (inverse << n | inverse >> 8 - n) & 255
    return out


BOX = [substitute(x) for x in range(256)]
UNBOX = [BOX.index(x) for x in range(256)]


def schedule(key):
    words, round_constant = [list(key[i:i + 4]) for i in range(0, 32, 4)], 1
    for i in range(8, 60):
        word = words[-1][:]
        if i % 8 == 0:
            word = [BOX[x] for x in word[1:] + word[:1]]
            word[0] ^= round_constant
            round_constant = field(round_constant, 2)
        elif i % 8 == 4:
            word = [BOX[x] for x in word]
        words.append([a ^ b for a, b in zip(words[-8], word)])
    return [sum(words[i:i + 4], []) for i in range(0, 60, 4)]


def mix(state, row):
    out = []
    for c in range(0, 16, 4):
        for r in range(4):
            x = 0
            for i in range(4): x ^= field(state[c + i], row[(i - r) % 4])
            out.append(x)
    return out


def aes(keys, block):
    state = [a ^ b for a, b in zip(block, keys[0])]
    for i in range(1, 15):
        state = [BOX[state[(4 * (c + r) + r) % 16]] for c in range(4) for r in range(4)]
        if i < 14: state = mix(state, (2, 3, 1, 1))
        state = [a ^ b for a, b in zip(state, keys[i])]
    return bytes(state)


def unaes(keys, block):
    state = list(block)
    for i in range(14, 0, -1):
        state = [a ^ b for a, b in zip(state, keys[i])]
        if i < 14: state = mix(state, (14, 11, 13, 9))
        state = [UNBOX[state[(4 * (c - r) + r) % 16]] for c in range(4) for r in range(4)]
    return bytes(a ^ b for a, b in zip(state, keys[0]))


def gcm_open(key, nonce, cipher, tag, further):
    """The plaintext, or None when the tag does not match."""
    keys = schedule(key)
    h = int.from_bytes(aes(keys, bytes(16)), 'big')
    pad = lambda data: data + bytes(-len(data) % 16)
    y = 0
    hashed = pad(further) + pad(cipher) + (8 * len(further)).to_bytes(8, 'big') + (8 * len(cipher)).to_bytes(8, 'big')
    for at in range(0, len(hashed), 16):
        x, v, z = y ^ int.from_bytes(hashed[at:at + 16], 'big'), h, 0
        for i in range(127, -1, -1):
            if x >> i & 1: z ^= v
            v = v >> 1 ^ (0xE1 << 120 if v & 1 else 0)
        y = z
    stream = lambda i: aes(keys, nonce + i.to_bytes(4, 'big'))
    if bytes(a ^ b for a, b in zip(y.to_bytes(16, 'big'), stream(1))) != tag: return None
    return bytes(c ^ s for at in range(0, len(cipher), 16) for c, s in zip(cipher[at:at + 16], stream(at // 16 + 2)))


def unwrap(key, wrapped):
    """RFC 3394, section 2.2.2; None when the integrity check fails."""
    keys, n = schedule(key), len(wrapped) // 8 - 1
    a, r = int.from_bytes(wrapped[:8], 'big'), [wrapped[8 * i:8 * i + 8] for i in range(1, n + 1)]
    for j in range(5, -1, -1):
        for i in range(n, 0, -1):
            block = unaes(keys, (a ^ n * j + i).to_bytes(8, 'big') + r[i - 1])
            a, r[i - 1] = int.from_bytes(block[:8], 'big'), block[8:]
    return b''.join(r) if a == 0xA6A6A6A6A6A6A6A6 else None


# --- sealed records ----------------------------------------------------------------------------------------------------------------------

def open_envelope(seed, data):
    private = derive(seed)[1]
    count, size = data[10], int.from_bytes(data[12:16], 'little')
    content = 20 + 1608 * count
    if data[:10] != b'PQSIGENC\x06\x17' or len(data) != content + 12 + size + 16 + 7224: return None
    for at in range(20, content, 1608):
        key = unwrap(decapsulate(data[at:at + 1568], private), data[at + 1568:at + 1608])
        if key: return gcm_open(key, data[content:content + 12], data[content + 12:content + 12 + size], data[content + 12 + size:content + 28 + size], data[:20])
    return None


def open_blob(seed, data):
    return gcm_open(decapsulate(data[:1568], derive(seed)[1]), data[1568:1580], data[1596:], data[1580:1596], b'')


# --- commands ----------------------------------------------------------------------------------------------------------------------------

def seeded(name, run): return sha3_256(b'%s %d' % (name, run))


def vector(run):
    """Eight bytes of a digest over all a run makes: a pair, a ciphertext, its secret, and the secret of the ciphertext with one bit flipped."""
    public, private = keypair(seeded(b'd', run), seeded(b'z', run))
    cipher, secret = encapsulate(public, seeded(b'm', run))
    assert decapsulate(cipher, private) == secret
    tampered = bytearray(cipher)
    bit = int.from_bytes(seeded(b'bit', run)[:4], 'big') % (8 * len(cipher))
    tampered[bit // 8] ^= 1 << bit % 8
    rejected = decapsulate(bytes(tampered), private)
    assert rejected == shake256(private[-32:] + sha3_256(bytes(tampered)), 32)
    return hashlib.sha256(public + private + cipher + secret + rejected).hexdigest()[:16]


COMMANDS = {'keypair': derive, 'encapsulate': encapsulate, 'decapsulate': decapsulate, 'envelope': open_envelope, 'blob': open_blob}


def serve():
    for line in sys.stdin:
        name, *arguments = line.split()
        answer = COMMANDS[name](*[bytes.fromhex(x) for x in arguments])
        parts = answer if isinstance(answer, tuple) else (answer,)
        print(*['-' if part is None else part.hex() for part in parts], flush=True)


if __name__ == '__main__':
    if sys.argv[1:2] == ['vectors']:
        for n in range(int(sys.argv[2])): print(vector(n), flush=True)
    else:
        serve()
