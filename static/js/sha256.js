// SHA-256 in pieces. The browser's own takes a file only whole, which a large one doesn't allow. FIPS 180-4.
const K = new Uint32Array(64);
const START = new Uint32Array(8);

const fraction = (value) => (value - Math.floor(value)) * 2 ** 32;
for (let number = 2, found = 0; found < 64; number++) {
  let isPrime = true;
  for (let factor = 2; factor * factor <= number; factor++) if (number % factor === 0) isPrime = false;
  if (!isPrime) continue;
  if (found < 8) START[found] = fraction(number ** (1 / 2));
  K[found++] = fraction(number ** (1 / 3));
}

export class Sha256 {
  constructor() {
    this.state = Int32Array.from(START);
    this.rest = new Uint8Array(64);
    this.length = 0;
    this.words = new Int32Array(64);
  }

  update(bytes) {
    let place = 0;
    const filled = this.length % 64;
    this.length += bytes.length;
    if (filled) {
      place = Math.min(64 - filled, bytes.length);
      this.rest.set(bytes.subarray(0, place), filled);
      if (filled + place < 64) return this;
      this.block(this.rest, 0);
    }
    for (; place + 64 <= bytes.length; place += 64) this.block(bytes, place);
    this.rest.set(bytes.subarray(place));
    return this;
  }

  hex() {
    const bits = this.length * 8;
    const padding = new Uint8Array(((119 - (this.length % 64)) % 64) + 9);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(padding.length - 4, bits % 2 ** 32);
    this.update(padding);
    return [...this.state].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  block(bytes, at) {
    const w = this.words;
    for (let t = 0, p = at; t < 16; t++, p += 4) {
      w[t] = (bytes[p] << 24) | (bytes[p + 1] << 16) | (bytes[p + 2] << 8) | bytes[p + 3];
    }
    for (let t = 16; t < 64; t++) {
      const x = w[t - 15], y = w[t - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = this.state;
    for (let t = 0; t < 64; t++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[t] + w[t]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    const s = this.state;
    s[0] += a; s[1] += b; s[2] += c; s[3] += d; s[4] += e; s[5] += f; s[6] += g; s[7] += h;
  }
}

// ``told(share)`` hears how much is read; the page stays alive between the pieces.
export async function hashOf(file, told) {
  const sum = new Sha256();
  const piece = 4 * 1024 * 1024;
  for (let at = 0; at < file.size; at += piece) {
    sum.update(new Uint8Array(await file.slice(at, at + piece).arrayBuffer()));
    told(Math.min(1, (at + piece) / file.size));
    await new Promise((done) => setTimeout(done));
  }
  return sum.hex();
}
