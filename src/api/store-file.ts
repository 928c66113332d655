import { createHash } from "node:crypto";
import { limits } from "../limits.ts";
import { startFile } from "./file-head.ts";
import type { Services } from "./services.ts";

export interface StoredFile {
  readonly bytes: number;
  readonly sha256: string;
  /** Null when the bytes were only counted and hashed. */
  readonly objectKey: string | null;
}

/**
 * Looks at the head of a file, then stores all of it. Whatever goes wrong on the way leaves nothing behind. With `objectKey` null the file is
 * read and hashed but not stored.
 */
export async function storeFile(
  { objects, uploads, inspectHead }: Pick<Services, "objects" | "uploads" | "inspectHead">,
  source: AsyncIterable<Uint8Array>,
  tenantId: string,
  objectKey: string | null,
): Promise<StoredFile> {
  const file = await startFile(source, limits.uploadBytes);
  inspectHead(file.head, file.whole);
  if (objectKey === null) return { ...(await hashOnly(file.bytes)), objectKey };
  await uploads.admitUpload(tenantId, objectKey);
  const { bytes, sha256 } = await objects.put(objectKey, file.bytes);
  return { bytes, sha256, objectKey };
}

/** Removes what a refused upload has stored. What cannot be removed is named in the log; the refusal stays the answer. */
export async function removeFile(
  { objects, log }: Pick<Services, "objects" | "log">,
  file: StoredFile | null,
): Promise<void> {
  if (file === null || file.objectKey === null) return;
  try {
    await objects.delete(file.objectKey);
  } catch (error) {
    log("object.orphaned", { object_key: file.objectKey }, error);
  }
}

async function hashOnly(pieces: AsyncIterable<Uint8Array>): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest("hex") };
}
