// One file on its way to the service. The same file with the same options keeps its key, so that a second try after a lost answer stores nothing twice.
import { signInAgain, unreachable } from "./call.js";

/** What a browser tells of a file that it cannot read: nothing more. */
export const unreadable = {
  ...unreachable,
  title: "The file cannot be read",
  detail: "It is a folder, or it was moved, changed or closed to you after it was chosen.",
  remedy: "Choose the file again.",
};

/** @type {{file: File, fields: string, key: string} | null} */
let last = null;

/**
 * Resolves with the upload's id, the problem, or null where it was cancelled.
 * @param {File} file
 * @param {URLSearchParams} fields
 * @param {(share: number) => void} progressed
 * @param {AbortSignal} signal
 * @returns {Promise<{uploadId: string} | {problem: import("./call.js").Problem} | null>}
 */
export function sendFile(file, fields, progressed, signal) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/v1/uploads?${fields}`);
    request.setRequestHeader("content-type", "text/csv");
    request.setRequestHeader("idempotency-key", keyOf(file, String(fields)));
    request.upload.addEventListener("progress", ({ loaded, total }) => progressed(total === 0 ? 1 : loaded / total));
    request.addEventListener("load", () => {
      if (request.status === 401) return signInAgain();
      const answer = parse(request.responseText);
      if (request.status === 202) resolve({ uploadId: answer.upload_id });
      else resolve({ problem: answer?.title === undefined ? unreachable : answer });
    });
    request.addEventListener("error", async () =>
      resolve({ problem: (await canBeRead(file)) ? unreachable : unreadable }),
    );
    request.addEventListener("abort", () => {
      last = null;
      resolve(null);
    });
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

/** @param {Blob} file */
export async function canBeRead(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {File} file
 * @param {string} fields
 */
function keyOf(file, fields) {
  if (last?.file !== file || last.fields !== fields) last = { file, fields, key: randomKey() };
  return last.key;
}

/** `crypto.randomUUID` is there under https and on this machine only. */
function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
