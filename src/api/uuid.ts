import type { Buffer } from "node:buffer";
import { createHash, randomBytes } from "node:crypto";

/** A fresh UUIDv7 (RFC 9562, 5.7): milliseconds since 1970, then 74 random bits; ids sort by the time they were made. */
export function uuidv7(now: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  return stamped(bytes, 7);
}

/** A UUIDv8 (RFC 9562, 5.8) made from SHA-256 of `text`: the same text gives the same id. */
export function uuidFrom(text: string): string {
  return stamped(createHash("sha256").update(text).digest().subarray(0, 16), 8);
}

/** A UUID in its usual spelling, of whatever version. */
export function isUuid(text: string): boolean {
  return text.length === 36 && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}

/** Sets version and variant and writes the usual spelling. */
function stamped(bytes: Buffer, version: number): string {
  bytes[6] = (bytes[6]! & 0x0f) | (version << 4);
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
