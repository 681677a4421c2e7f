"""The construction of DerivedRsaKey, written a second time: prints key id and n of the test seed, for the test vectors."""
import hashlib, math, sys

def is_prime(n):
    if any(n % p == 0 for p in SMALL):
        return False
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for a in (2, 3, 5, 7, 11, 13, 17, 19):
        x = pow(a, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True

def sieve(limit):
    flags = bytearray([1]) * limit
    for i in range(2, int(limit ** 0.5) + 1):
        if flags[i]:
            flags[i * i::i] = bytes(len(flags[i * i::i]))
    return [i for i in range(2, limit) if flags[i]]

SMALL = sieve(65536)

def search(seed, bits, which, first):
    i = first
    while True:
        block = hashlib.shake_256(b"dna-fast rsa v1" + bits.to_bytes(2, "big") + seed + which + i.to_bytes(4, "big")).digest(bits // 16)
        i += 1
        n = int.from_bytes(block, "big") | 1 | 3 << (bits // 2 - 2)
        if n % 65537 != 1 and is_prime(n):
            return n, i

def tlv(tag, content):
    n = len(content)
    length = bytes([n]) if n < 128 else (lambda b: bytes([0x80 | len(b)]) + b)(n.to_bytes((n.bit_length() + 7) // 8, "big"))
    return bytes([tag]) + length + content

def integer(n):
    return tlv(2, n.to_bytes(n.bit_length() // 8 + 1, "big"))

def derive(seed, bits):
    p, _ = search(seed, bits, b"p", 0)
    q, after = search(seed, bits, b"q", 0)
    while abs(p - q) < 1 << (bits // 2 - 100):
        q, after = search(seed, bits, b"q", after)
    n = p * q
    spki = tlv(0x30, tlv(0x30, bytes.fromhex("06092a864886f70d0101010500")) + tlv(3, b"\0" + tlv(0x30, integer(n) + integer(65537))))
    return hashlib.sha1(spki).hexdigest()

if __name__ == "__main__":
    for size in (2048, 4096):
        print(size, derive(bytes(range(32)), size))
