/** The inference thread: verifies and holds models, scores files and single customers. It asks for bytes and never touches a disk. */
import { parentPort } from "node:worker_threads";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { loadModel, type Model, type ModelInfo } from "../model/load.ts";
import { verifyBundle } from "../model/verify-bundle.ts";
import { collectGarbage } from "../runtime/collect-garbage.ts";
import { interactionsOf } from "./interactions-of.ts";
import { predictCustomers } from "./predict-customers.ts";
import type { FromThread, ToThread } from "./protocol.ts";
import type { OpenFile } from "./read-records.ts";
import { scoreFile } from "./score-file.ts";
import { splitDifferences } from "./split-differences.ts";
import { suggestMapping } from "./suggest-mapping.ts";
import { summarise } from "./summarise.ts";
import { fromWire, toWire } from "./wire-error.ts";

const port = parentPort!;
/** The runtime's own bytes, sent once a thread: 14 MB take Deno seconds. */
let wasm: Uint8Array = new Uint8Array(0);
const models = new Map<string, Model>();
/** What a call waits for: its next bytes, or that its events were taken. */
const pulls = new Map<number, { resolve: (bytes: Uint8Array | null) => void; reject: (error: unknown) => void }>();
const acks = new Map<number, () => void>();
const cancelled = new Map<number, RetainWiseError>();

const post = (message: FromThread): void => port.postMessage(message);

port.on("message", (message: ToThread) => {
  switch (message.type) {
    case "bytes": {
      const pull = pulls.get(message.id);
      pulls.delete(message.id);
      pull?.resolve(message.bytes);
      return;
    }
    case "cancel":
      cancelled.set(message.id, fromWire(message.error));
      pulls.get(message.id)?.reject(fromWire(message.error));
      acks.get(message.id)?.();
      return;
    case "ack":
      acks.get(message.id)?.();
      return;
    default:
      void answer(message);
  }
});
post({ type: "up" });

async function answer(message: Exclude<ToThread, { type: "bytes" | "ack" | "cancel" }>): Promise<void> {
  const { id } = message;
  try {
    switch (message.type) {
      case "load":
        return post({ type: "done", id, result: await load(message) });
      case "unload":
        await unload(message.model);
        return post({ type: "done", id, result: null });
      case "predict":
        return post({ type: "done", id, result: await predictCustomers(model(message.model), message.customers) });
      case "interactions":
        return post({ type: "done", id, result: interactionsOf(model(message.model), message.values) });
      case "difference":
        return post({ type: "done", id, result: splitDifferences(model(message.model), message.request) });
      case "suggest":
        return post({ type: "done", id, result: suggestMapping(model(message.model).schema, message.request) });
      case "summarise":
        return post({
          type: "done",
          id,
          result: await summarise(model(message.model).schema, message.inFile, openRemote(id)),
        });
      case "score":
        await score(message);
        return post({ type: "done", id, result: null });
    }
  } catch (error) {
    post({ type: "failed", id, error: toWire(error) });
  } finally {
    acks.delete(id);
    pulls.delete(id);
    cancelled.delete(id);
  }
}

async function load(message: Extract<ToThread, { type: "load" }>): Promise<ModelInfo> {
  if (message.wasm !== null) wasm = message.wasm;
  if (message.purpose === "present")
    return (await verifyBundle(message.files, message.pinnedKeys, message.admission)).info;
  const loaded = await loadModel(message.files, { ...message, wasm });
  // A job may be using the one that is here.
  if (models.has(loaded.digest)) await loaded.stop();
  else models.set(loaded.digest, loaded);
  const { schema, card, digest, backgroundDigest, keyId, baseValue, golden, explainerFacts } = loaded;
  return { schema, card, digest, backgroundDigest, keyId, baseValue, golden, explainerFacts };
}

async function unload(digest: string): Promise<void> {
  const loaded = models.get(digest);
  models.delete(digest);
  await loaded?.stop();
}

function model(digest: string): Model {
  const found = models.get(digest);
  if (found === undefined) throw new RetainWiseError("model_unavailable", "The model is not loaded.");
  return found;
}

async function score({ id, model: digest, options }: Extract<ToThread, { type: "score" }>): Promise<void> {
  let inFlight = 0;
  let taken: () => void = () => undefined;
  acks.set(id, () => {
    inFlight -= 1;
    taken();
  });
  const until = async (most: number): Promise<void> => {
    while (inFlight > most && !cancelled.has(id)) await new Promise<void>((resolve) => (taken = resolve));
    const reason = cancelled.get(id);
    if (reason !== undefined) throw reason;
  };
  let blocks = 0;
  for await (const event of scoreFile(model(digest), openRemote(id), options)) {
    if (++blocks % limits.blocksPerCollection === 0) collectGarbage();
    inFlight += 1;
    post({ type: "event", id, event });
    await until(limits.chunksInFlight - 1);
  }
  await until(0);
}

/** The file as the supervisor hands it out, piece by piece, from the start at each opening. */
function openRemote(id: number): OpenFile {
  return async function* () {
    let used: Uint8Array | null = null;
    for (let restart = true; ; restart = false) {
      const bytes = await new Promise<Uint8Array | null>((resolve, reject) => {
        pulls.set(id, { resolve, reject });
        // The decoder keeps no piece: its memory can carry the next one.
        port.postMessage(
          { type: "pull", id, restart, used } satisfies FromThread,
          used === null ? [] : [used.buffer as ArrayBuffer],
        );
      });
      if (bytes === null) return;
      yield bytes;
      used = bytes;
    }
  };
}
