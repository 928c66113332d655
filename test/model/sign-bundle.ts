/** Signs a bundle as Python's `model-signing` does with a key, by a key that is made here and forgotten. */
import { sha256Hex } from "../../src/model/digest.ts";

const payloadType = "application/vnd.in-toto+json";

export async function signBundle(
  files: Map<string, Uint8Array>,
): Promise<{ files: Map<string, Uint8Array>; publicKey: string }> {
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const publicKey = pem(new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey)));
  const names = [...files.keys()].filter((name) => name !== "model.sig").sort();
  const resources = await Promise.all(
    names.map(async (name) => ({ name, algorithm: "sha256", digest: await sha256Hex(files.get(name)!) })),
  );
  const all = Uint8Array.from(resources.flatMap(({ digest }) => digest.match(/../g)!.map((hex) => parseInt(hex, 16))));
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "test", digest: { sha256: await sha256Hex(all) } }],
    predicateType: "https://model_signing/signature/v1.0",
    predicate: {
      serialization: { method: "files", hash_type: "sha256", allow_symlinks: false, ignore_paths: ["model.sig"] },
      resources,
    },
  };
  const payload = JSON.stringify(statement);
  const encoded = new TextEncoder().encode(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} ${payload}`);
  const raw = new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, keys.privateKey, encoded));
  const bundle = {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      publicKey: { hint: await sha256Hex(new TextEncoder().encode(publicKey)) },
      tlogEntries: [],
    },
    dsseEnvelope: {
      payload: btoa(payload),
      payloadType,
      signatures: [{ sig: btoa(String.fromCharCode(...der(raw))), keyid: "" }],
    },
  };
  const signed = new Map(files);
  signed.set("model.sig", new TextEncoder().encode(JSON.stringify(bundle)));
  return { files: signed, publicKey };
}

function pem(bytes: Uint8Array): string {
  const lines = btoa(String.fromCharCode(...bytes)).match(/.{1,64}/g)!;
  return `-----BEGIN PUBLIC KEY-----\n${lines.join("\n")}\n-----END PUBLIC KEY-----\n`;
}

/** r and s side by side → SEQUENCE { INTEGER, INTEGER }. */
function der(raw: Uint8Array): number[] {
  const integer = (bytes: number[]): number[] => {
    while (bytes.length > 1 && bytes[0] === 0) bytes.shift();
    if (bytes[0]! >= 0x80) bytes.unshift(0);
    return [2, bytes.length, ...bytes];
  };
  const both = [...integer([...raw.subarray(0, 32)]), ...integer([...raw.subarray(32)])];
  return [0x30, both.length, ...both];
}
