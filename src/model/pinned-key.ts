/** Public keys that model signatures are checked against: ECDSA P-256, SubjectPublicKeyInfo as PEM. */
import { sha256Hex } from "./digest.ts";
import { ModelLoadError } from "./load-error.ts";

export interface PinnedKey {
  /** SHA-256 (hex) of the PEM text as OpenSSL writes it; the `hint` of a Model Signing bundle. */
  readonly keyId: string;
  readonly key: CryptoKey;
}

const armour = /^-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/;
const p256 = { name: "ECDSA", namedCurve: "P-256" } as const;

export async function importPinnedKey(pem: string): Promise<PinnedKey> {
  const base64 = armour.exec(pem.trim())?.[1]?.replace(/\s/g, "");
  if (base64 === undefined) throw new ModelLoadError("signature_untrusted", "a pinned key is not a PEM public key.");
  const der = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  try {
    const key = await crypto.subtle.importKey("spki", der, p256, false, ["verify"]);
    return { keyId: await sha256Hex(new TextEncoder().encode(canonicalPem(base64))), key };
  } catch (cause) {
    throw new ModelLoadError("signature_untrusted", "a pinned key is not an ECDSA P-256 key.", cause);
  }
}

/** `der` is the ASN.1 signature that OpenSSL and Python write; WebCrypto wants r and s side by side. */
export async function verifyEcdsa(pinned: PinnedKey, der: Uint8Array, data: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const raw = rawSignature(der);
  if (raw === null) return false;
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, pinned.key, raw, data);
}

function canonicalPem(base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN PUBLIC KEY-----\n${lines.join("\n")}\n-----END PUBLIC KEY-----\n`;
}

/** SEQUENCE { INTEGER r, INTEGER s } to 64 bytes; null when it is anything else (SEC 1, X.690). */
function rawSignature(der: Uint8Array): Uint8Array<ArrayBuffer> | null {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const raw = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1] ?? 0;
    if (der[at] !== 0x02 || length === 0 || at + 2 + length > der.length) return null;
    const integer = der.subarray(at + 2, at + 2 + length);
    const digits = integer[0] === 0 ? integer.subarray(1) : integer;
    if (digits.length > 32) return null;
    raw.set(digits, end - digits.length);
    at += 2 + length;
  }
  return at === der.length ? raw : null;
}
