// A file is chosen or dropped, shown as it was read, and sent.
import { byId, call, showProblem, signInAgain, unreachable } from "./call.js";
import { showPreview } from "./preview.js";

const form = /** @type {HTMLFormElement} */ (byId("upload"));
const input = /** @type {HTMLInputElement} */ (byId("file"));
const refused = byId("refused");
const options = [byId("delimiter"), byId("decimal"), byId("header-row")];
/** @type {File | null} */
let file = null;
/** The same for every try with the same file: it is stored once. */
let key = "";

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

/** @returns {URLSearchParams} */
function given() {
  const fields = new URLSearchParams();
  for (const [id, name] of [
    ["delimiter", "delimiter"],
    ["decimal", "decimal"],
    ["header-row", "header_row"],
    ["as-of", "as_of"],
  ]) {
    const field = /** @type {HTMLInputElement | null} */ (document.getElementById(id ?? ""));
    if (field !== null && field.value !== "") fields.set(name ?? "", field.value);
  }
  return fields;
}

/** @param {File} chosen */
async function choose(chosen) {
  file = chosen;
  key = crypto.randomUUID();
  for (const option of options) /** @type {HTMLInputElement} */ (option).value = "";
  await preview();
}

async function preview() {
  if (file === null) return;
  showProblem(refused, null);
  if (file.size > Number(form.dataset["mostBytes"])) {
    show("choose");
    const most = Math.round(Number(form.dataset["mostBytes"]) / 1_000_000);
    return showProblem(refused, {
      ...unreachable,
      title: "The file is larger than the limit",
      detail: `It may have ${most} MB at most.`,
      remedy: "Split the file into smaller ones and upload each.",
    });
  }
  const fields = given();
  fields.delete("decimal");
  fields.delete("as_of");
  const head = file.slice(0, Number(form.dataset["headBytes"]) + 1);
  const answer = await call(`/v1/mappings/suggest?${fields}`, {
    method: "POST",
    headers: { "content-type": "text/csv" },
    body: head,
  });
  if (!answer.ok) {
    show("choose");
    return showProblem(refused, answer.problem);
  }
  showPreview(answer.value);
  show("preview");
  byId("preview-title").focus();
  say(`${file.name} was read. Check it, then upload it.`);
}

/** Retried with the same key, so that a lost answer stores nothing twice. */
function send() {
  if (file === null) return;
  show("sending");
  say("Uploading");
  const request = new XMLHttpRequest();
  const fields = given();
  fields.set("filename", file.name.slice(0, 255));
  request.open("POST", `/v1/uploads?${fields}`);
  request.setRequestHeader("content-type", "text/csv");
  request.setRequestHeader("idempotency-key", key);
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    /** @type {HTMLProgressElement} */ (byId("sent")).value = total === 0 ? 1 : loaded / total;
    byId("sent-words").textContent = `${Math.floor((100 * loaded) / Math.max(1, total))}%`;
  });
  request.addEventListener("load", () => {
    if (request.status === 401) return signInAgain();
    const answer = parse(request.responseText);
    if (request.status === 202 || request.status === 200) {
      location.href = `/uploads/${answer.upload_id}`;
      return;
    }
    fail(answer?.title === undefined ? unreachable : answer);
  });
  request.addEventListener("error", () => fail(unreachable));
  request.addEventListener("abort", () => {
    key = crypto.randomUUID();
    show("preview");
    say("Cancelled");
  });
  byId("cancel").onclick = () => request.abort();
  request.send(file);
}

/** @param {import("./call.js").Problem} problem */
function fail(problem) {
  show("preview");
  showProblem(refused, problem);
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

input.addEventListener("change", () => {
  const [chosen] = input.files ?? [];
  if (chosen !== undefined) choose(chosen);
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
  if (dropped === undefined) return;
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
for (const option of options) option.addEventListener("change", preview);

document.getElementById("try-sample")?.addEventListener("click", async () => {
  const answer = await fetch("/assets/sample.csv");
  choose(new File([await answer.blob()], "made-up-customers.csv", { type: "text/csv" }));
});
