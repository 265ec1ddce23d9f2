"""Makes random.json: first draws of the streams that src/core/random.ts names by parts.

Written from the published definitions, with nothing shared with the TypeScript: murmur3_x86_128 (Appleby, public
domain, github.com/aappleby/smhasher) over the parts as words gives the state, xoshiro128** 1.1 (Blackman and Vigna,
prng.di.unimi.it) the numbers. Plain Python 3, no packages: python3 random.py > random.json
"""

import json
import struct

MASK = 0xFFFFFFFF


def rotate(x, by):
    return ((x << by) | (x >> (32 - by))) & MASK


def finalize(h):
    h ^= h >> 16
    h = h * 0x85EBCA6B & MASK
    h ^= h >> 13
    h = h * 0xC2B2AE35 & MASK
    return h ^ (h >> 16)


def mix(h):
    first = sum(h) & MASK
    return [first] + [(x + first) & MASK for x in h[1:]]


def murmur3_x86_128(words):
    c1, c2, c3, c4 = 0x239B961B, 0xAB0E9789, 0x38B34AE5, 0xA1E38B93
    length = 4 * len(words)
    words = words + [0] * (-len(words) % 4)
    h1 = h2 = h3 = h4 = 0
    for i in range(0, len(words), 4):
        k1, k2, k3, k4 = words[i : i + 4]
        h1 ^= rotate(k1 * c1 & MASK, 15) * c2 & MASK
        h1 = ((rotate(h1, 19) + h2) * 5 + 0x561CCD1B) & MASK
        h2 ^= rotate(k2 * c2 & MASK, 16) * c3 & MASK
        h2 = ((rotate(h2, 17) + h3) * 5 + 0x0BCAA747) & MASK
        h3 ^= rotate(k3 * c3 & MASK, 17) * c4 & MASK
        h3 = ((rotate(h3, 15) + h4) * 5 + 0x96CD1C35) & MASK
        h4 ^= rotate(k4 * c4 & MASK, 18) * c1 & MASK
        h4 = ((rotate(h4, 13) + h1) * 5 + 0x32AC3B17) & MASK
    h = [x ^ length for x in (h1, h2, h3, h4)]
    return mix([finalize(x) for x in mix(h)])


def words_of(parts):
    words = [len(parts)]
    for part in parts:
        if isinstance(part, str):
            words += [1, len(part)] + [ord(c) for c in part]
        else:
            words += [2, *struct.unpack(">2I", struct.pack(">d", part))]
    return words


def draws(parts, n):
    s = murmur3_x86_128(words_of(parts))
    out = []
    for _ in range(n):
        out.append(rotate(s[1] * 5 & MASK, 7) * 9 & MASK)
        t = s[1] << 9 & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 11)
    return out


STREAMS = [[], [0], [1], ["1"], [1, 2], [12], [1, "dropout", 3, 17], [2147483647, "shuffle", -0.5], ["ä"]]
print(json.dumps([{"parts": p, "draws": draws(p, 6)} for p in STREAMS], indent=1))
