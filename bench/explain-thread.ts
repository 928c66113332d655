/** A further thread of explain-ours.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { createShare, type ShareRequest } from "./explain-share.ts";

const share = createShare(workerData as ShareRequest);
parentPort?.on("message", () => {
  share.run();
  parentPort?.postMessage("done");
});
parentPort?.postMessage("ready");
