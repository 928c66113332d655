// A file is chosen or dropped, shown as it was read, and sent.
import { byId, call, showProblem, unreachable } from "./call.js";
import { clearPreview, showPreview } from "./preview.js";
import { canBeRead, sendFile, unreadable } from "./send-file.js";

const form = /** @type {HTMLFormElement} */ (byId("upload"));
const input = /** @type {HTMLInputElement} */ (byId("file"));
const button = /** @type {HTMLButtonElement} */ (byId("send"));
const refused = byId("refused");
/** Field of the form → option of the upload. */
const readOptions = /** @type {const} */ ([
  ["delimiter", "delimiter"],
  ["decimal", "decimal"],
  ["header-row", "header_row"],
]);
/** @type {File | null} */
let file = null;
/** The last reading counts: an answer that comes after it was asked anew is of no use. */
let reading = 0;

/** @param {string} text */
const say = (text) => {
  byId("said").textContent = text;
};

/** @param {"choose" | "preview" | "sending"} state */
function show(state) {
  byId("preview").hidden = state !== "preview";
  byId("sending").hidden = state !== "sending";
  input.disabled = state === "sending";
}

/** @param {readonly (readonly [string, string])[]} options */
function given(options) {
  const fields = new URLSearchParams();
  for (const [id, name] of options) {
    const field = /** @type {HTMLInputElement | null} */ (document.getElementById(id));
    if (field !== null && field.value !== "") fields.set(name, field.value);
  }
  return fields;
}

/** @param {File} chosen */
async function choose(chosen) {
  file = chosen;
  for (const [id] of readOptions) /** @type {HTMLInputElement} */ (byId(id)).value = "";
  show("choose");
  clearPreview();
  if (!(await preview(chosen))) return;
  byId("preview-title").focus();
  say(`${chosen.name} was read. Check it, then upload it.`);
}

/**
 * Whether the file could be read as it was said.
 * @param {File} chosen
 */
async function preview(chosen) {
  const own = ++reading;
  button.disabled = true;
  const fields = given(readOptions);
  const answer = await read(chosen, fields);
  if (own !== reading) return false;
  button.disabled = !answer.ok;
  showProblem(refused, answer.ok ? null : answer.problem);
  // What was said of the file stays in sight where it was wrong, so that it can be said otherwise.
  show(answer.ok || fields.size > 0 ? "preview" : "choose");
  if (answer.ok) showPreview(chosen, answer.value);
  else clearPreview();
  return answer.ok;
}

/**
 * @param {File} chosen
 * @param {URLSearchParams} fields
 * @returns {ReturnType<typeof call>}
 */
async function read(chosen, fields) {
  const most = Number(form.dataset["mostBytes"]);
  if (chosen.size > most) {
    const problem = {
      ...unreachable,
      title: "The file is larger than the limit",
      detail: `It may have ${Math.round(most / 1_000_000)} MB at most.`,
      remedy: "Split the file into smaller ones and upload each.",
    };
    return { ok: false, problem };
  }
  const body = chosen.slice(0, Number(form.dataset["headBytes"]) + 1);
  if (!(await canBeRead(body))) return { ok: false, problem: unreadable };
  return call(`/v1/mappings/suggest?${fields}`, { method: "POST", headers: { "content-type": "text/csv" }, body });
}

async function send() {
  if (file === null || button.disabled) return;
  showProblem(refused, null);
  progressed(0);
  show("sending");
  byId("cancel").focus();
  say("Uploading");
  const fields = given([...readOptions, ["as-of", "as_of"]]);
  fields.set("filename", file.name.slice(0, 255));
  const cancelling = new AbortController();
  byId("cancel").onclick = () => cancelling.abort();
  const sent = await sendFile(file, fields, progressed, cancelling.signal);
  if (sent !== null && "uploadId" in sent) {
    location.href = `/uploads/${sent.uploadId}`;
    return;
  }
  show("preview");
  button.focus();
  say(sent === null ? "Cancelled" : "");
  if (sent !== null) showProblem(refused, sent.problem);
}

/** @param {number} share */
function progressed(share) {
  /** @type {HTMLProgressElement} */ (byId("sent")).value = share;
  byId("sent-words").textContent = `${Math.floor(100 * share)}%`;
}

input.addEventListener("change", () => {
  const [chosen] = input.files ?? [];
  if (chosen !== undefined) choose(chosen);
});
// The same file may be chosen again after it was corrected.
input.addEventListener("click", () => {
  input.value = "";
});
form.addEventListener("dragover", (event) => {
  event.preventDefault();
  form.classList.add("over");
});
form.addEventListener("dragleave", () => form.classList.remove("over"));
form.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("over");
  const [dropped, ...more] = event.dataTransfer?.files ?? [];
  if (dropped === undefined || input.disabled) return;
  if (more.length > 0)
    return showProblem(refused, {
      ...unreachable,
      title: "One file at a time",
      detail: `${more.length + 1} files were dropped.`,
      remedy: "Drop one; each has its own result.",
    });
  choose(dropped);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
byId("other").addEventListener("click", () => input.click());
for (const [id] of readOptions) byId(id).addEventListener("change", () => file !== null && preview(file));

document.getElementById("try-sample")?.addEventListener("click", async () => {
  try {
    const answer = await fetch("/assets/sample.csv");
    if (!answer.ok) throw new Error(String(answer.status));
    await choose(new File([await answer.blob()], "made-up-customers.csv", { type: "text/csv" }));
  } catch {
    showProblem(refused, unreachable);
  }
});
