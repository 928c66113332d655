// Follows an upload by its events until it has an end, and goes there.
import { byId, call } from "./call.js";
import { isDeleting } from "./delete.js";

const id = byId("running").dataset["upload"] ?? "";
const progress = /** @type {HTMLProgressElement} */ (byId("progress"));
const lost = byId("lost");
const whole = new Intl.NumberFormat("en");

/** @param {{status: string, progress: number, rows: {read: number}}} event */
function show(event) {
  lost.hidden = true;
  progress.value = event.progress;
  const step =
    event.status === "pending"
      ? "Waiting for its turn."
      : `Reading the file and scoring its customers: ${Math.floor(event.progress * 100)}%`;
  if (byId("step").textContent !== step) byId("step").textContent = step;
  if (event.rows.read > 0) byId("rows").textContent = `${whole.format(event.rows.read)} rows read`;
  if (!["pending", "processing"].includes(event.status)) leave(event.status);
}

/** @param {string} status */
function leave(status) {
  if (isDeleting) return;
  events.close();
  byId("step").textContent = status === "completed" ? "Done. Here is the result." : "It has come to an end.";
  location.reload();
}

const events = new EventSource(`/v1/uploads/${id}/events`);
for (const kind of ["status", "progress"]) {
  events.addEventListener(kind, (event) => show(JSON.parse(/** @type {MessageEvent} */ (event).data)));
}

/** The browser tries again by itself, but for answers that it takes as final; a look says which it is. */
let looking = false;
events.addEventListener("error", async () => {
  if (looking) return;
  looking = true;
  while (true) {
    const answer = await call(`/v1/uploads/${id}`);
    if (isDeleting) return;
    if (answer.ok) {
      show(answer.value);
      if (!["pending", "processing"].includes(answer.value.status)) return;
    } else if (answer.problem.code === "not_found") {
      return location.reload();
    } else {
      lost.hidden = false;
      lost.textContent = "The connection is lost. The work goes on without it; this page tries again by itself.";
    }
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    if (events.readyState === EventSource.OPEN) break;
  }
  looking = false;
});
