/** The contract of the file storage: whole objects under keys that are made of our ids only. */
export interface Objects {
  /**
   * Streams an object in. Nothing is visible under `key` until all of it is stored; an existing key is an error; a stream that
   * fails leaves nothing behind. Answers size in bytes and SHA-256 (hex) of what was stored.
   */
  put(key: string, bytes: AsyncIterable<Uint8Array>): Promise<{ bytes: number; sha256: string }>;
  /**
   * Streams an object out in pieces of at most `limits.readBytes`. When `sha256` is given the digest is computed anew while reading and the
   * stream fails with `object_corrupt` before its end is reported.
   */
  get(key: string, sha256?: string): AsyncIterable<Uint8Array>;
  /** Deletes an object; a missing one is no error. */
  delete(key: string): Promise<void>;
  /** Fails when the storage cannot be written or read. */
  check(): Promise<void>;
}
