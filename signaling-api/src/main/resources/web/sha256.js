// SHA-256 (FIPS 180-4) in steps: a browser's own digest wants all bytes at once, and pages of https:// or localhost.

const BLOCK_BYTES = 64;
const LENGTH_BYTES = 8;

/** The first 32 bits of the fractions of the primes' roots: section 4.2.2 and 5.3.3. */
const PRIMES = primes(64);
const ROUNDS = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));

function primes(count) {
    const found = [];
    for (let number = 2; found.length < count; number++) {
        if (found.every((prime) => number % prime)) {
            found.push(number);
        }
    }
    return found;
}

function fraction(number) {
    return (number - Math.floor(number)) * 2 ** 32;
}

export class Sha256 {
    #state = START.slice();
    #words = new Int32Array(64);
    #rest = new Uint8Array(BLOCK_BYTES); // the beginning of a block
    #restBytes = 0;
    #totalBytes = 0;

    /** Takes the next bytes, a Uint8Array. */
    update(bytes) {
        this.#totalBytes += bytes.length;
        let from = 0;
        if (this.#restBytes > 0) {
            from = this.#keep(bytes.subarray(0, BLOCK_BYTES - this.#restBytes));
            if (this.#restBytes < BLOCK_BYTES) {
                return;
            }
            this.#compress(this.#rest, 0);
            this.#restBytes = 0;
        }
        for (; from + BLOCK_BYTES <= bytes.length; from += BLOCK_BYTES) {
            this.#compress(bytes, from);
        }
        this.#keep(bytes.subarray(from));
    }

    #keep(bytes) {
        this.#rest.set(bytes, this.#restBytes);
        this.#restBytes += bytes.length;
        return bytes.length;
    }

    /** The digest of all that came, in hexadecimal digits; nothing may come after it. */
    hex() {
        const totalBytes = this.#totalBytes;
        const end = (totalBytes + 1 + LENGTH_BYTES) % BLOCK_BYTES;
        const padding = new Uint8Array(1 + LENGTH_BYTES + (end && BLOCK_BYTES - end));
        padding[0] = 0x80;
        const view = new DataView(padding.buffer);
        view.setBigUint64(padding.length - LENGTH_BYTES, BigInt(totalBytes) * 8n);
        this.update(padding);
        return Array.from(this.#state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
    }

    /** Section 6.2.2, for one block. */
    #compress(bytes, from) {
        const words = this.#words;
        for (let i = 0, at = from; i < 16; i++, at += 4) {
            words[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
        }
        for (let i = 16; i < 64; i++) {
            const early = words[i - 15];
            const late = words[i - 2];
            const first = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
            const second = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
            words[i] = words[i - 16] + first + words[i - 7] + second;
        }
        const state = this.#state;
        // Destructuring would make an iterator for each block.
        let a = state[0], b = state[1], c = state[2], d = state[3];
        let e = state[4], f = state[5], g = state[6], h = state[7];
        for (let i = 0; i < 64; i++) {
            const choice = (e & f) ^ (~e & g);
            const majority = (a & b) ^ (a & c) ^ (b & c);
            const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + ROUNDS[i] + words[i]) | 0;
            const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority) | 0;
            h = g;
            g = f;
            f = e;
            e = (d + first) | 0;
            d = c;
            c = b;
            b = a;
            a = (first + second) | 0;
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }
}

function turn(word, bits) {
    return (word >>> bits) | (word << (32 - bits));
}
