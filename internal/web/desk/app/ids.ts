// Ids as the server makes them: 128 random bits in Crockford's base 32.

const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let id = "";
  let bits = 0;
  let held = 0;
  for (const b of bytes) {
    held = (held << 8) | b;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      id += letters[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return id + letters[(held << (5 - bits)) & 31];
}
