/** The file storage, measured: what is stored and read, how long that took, and how often the storage failed. */
import { errorKinds } from "../error-kinds.ts";
import { toRetainWiseError } from "../errors.ts";
import type { Objects } from "../store/objects.ts";
import { fileSizeBuckets } from "./catalogue.ts";
import type { Metrics } from "./metrics.ts";

export function measureObjects(objects: Objects, { api, worker }: Metrics, now = () => performance.now()): Objects {
  return {
    ...objects,
    async put(key, source) {
      const startedAt = now();
      try {
        const stored = await objects.put(key, source);
        api.count("S3UploadAttempt");
        api.record("S3UploadDuration", (now() - startedAt) / 1_000, { FileSizeBucket: fileSizeBucket(stored.bytes) });
        api.record("UploadFileSizeMB", stored.bytes / 1e6);
        return stored;
      } catch (error) {
        // A sender that breaks off says nothing of the storage.
        if (isServerFault(error)) {
          api.count("S3UploadAttempt");
          api.count("S3UploadFailure");
        }
        throw error;
      }
    },
    async *get(key, sha256) {
      const source = objects.get(key, sha256)[Symbol.asyncIterator]();
      let waited = 0;
      let whole = false;
      try {
        for (;;) {
          const askedAt = now();
          const { done, value } = await source.next();
          waited += now() - askedAt;
          if (done === true) break;
          yield value;
        }
        whole = true;
        worker.record("S3DownloadDuration", waited / 1_000);
      } catch (error) {
        whole = true;
        if (isServerFault(error)) worker.count("S3DownloadFailure");
        throw error;
      } finally {
        // Whoever stops reading lets go of the connection.
        if (!whole) await source.return?.();
      }
    },
  };
}

export function fileSizeBucket(bytes: number): (typeof fileSizeBuckets)[number] {
  const edges = [1e6, 5e6, 10e6, 50e6];
  return fileSizeBuckets[edges.filter((edge) => bytes >= edge).length]!;
}

const isServerFault = (error: unknown): boolean => errorKinds[toRetainWiseError(error).code].fault === "server";
