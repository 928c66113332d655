import { RetainWiseError } from "../errors.ts";
import type { ReceivedUpload } from "./receive-upload.ts";
import type { Upload } from "./services.ts";
import { uuidFrom, uuidv7 } from "./uuid.ts";

export const idempotencyHeader = "idempotency-key";

/**
 * The id of the upload that a request makes. With an Idempotency-Key it is made from tenant and key, so a repetition finds the upload of the
 * first request, whichever process took it, and no table of keys is needed. Throws `bad_request` for a key that is none.
 */
export function uploadIdFor(tenantId: string, request: Request): { uploadId: string; repeatable: boolean } {
  const key = request.headers.get(idempotencyHeader);
  if (key === null) return { uploadId: uuidv7(), repeatable: false };
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    const detail = "must be 1 to 255 printable characters without spaces";
    const issues = [{ code: "invalid", detail, parameter: idempotencyHeader }];
    throw new RetainWiseError("bad_request", `The header Idempotency-Key ${detail}.`, { issues });
  }
  return { uploadId: uuidFrom(JSON.stringify(["upload", tenantId, key])), repeatable: true };
}

/** Throws `idempotency_conflict` unless the request says the same as the one that made the upload. */
export function checkRepetition(upload: Upload, received: ReceivedUpload): void {
  const { file, filename, options } = received;
  const differences = [
    ...(file.sha256 === upload.sha256 ? [] : ["file"]),
    ...(filename === upload.filename ? [] : ["file name"]),
    // An answer changes the stored ones, so only what the request itself can differ in is compared.
    ...(sameOptions({ ...options, ...answered }, { ...upload.options, ...answered }) ? [] : ["options"]),
  ];
  if (differences.length === 0) return;
  throw new RetainWiseError(
    "idempotency_conflict",
    `The first request with this key had another ${differences.join(", ")}.`,
  );
}

/** What an answer to an upload's questions changes. */
const answered = { mapping: null, units: null, constants: null };

function sameOptions(a: object, b: object): boolean {
  const sorted = (options: object): string =>
    JSON.stringify(Object.entries(options).sort(([x], [y]) => (x < y ? -1 : 1)));
  return sorted(a) === sorted(b);
}
