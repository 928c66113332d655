// Looks again every ten seconds, unless somebody is at work in what would change; tries dead letters again.
import { localTimes } from "./page.js";

const everyMilliseconds = 10_000;
const live = /** @type {HTMLElement} */ (document.querySelector("#live"));

/** The page's own HTML once more; only what is live is taken over. */
async function refresh() {
  if (document.hidden || live.contains(document.activeElement)) return;
  const response = await fetch(location.href, { headers: { accept: "text/html" } });
  if (response.redirected) return location.reload();
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("#live");
  if (!response.ok || fresh === null) throw new Error(String(response.status));
  live.replaceChildren(...fresh.childNodes);
  localTimes(live);
  say("");
}

/** @param {string} text */
function say(text) {
  const notice = /** @type {HTMLElement} */ (document.querySelector("#lost"));
  notice.hidden = text === "";
  if (notice.textContent !== text) notice.textContent = text;
}

async function look() {
  try {
    await refresh();
  } catch {
    say("The service does not answer. What you see is from before; this page tries again by itself.");
  }
  setTimeout(look, everyMilliseconds);
}
setTimeout(look, everyMilliseconds);

live.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-redrive] button") : null;
  if (!(button instanceof HTMLButtonElement)) return;
  const code = button.dataset["code"] ?? "";
  button.disabled = true;
  const answer = await fetch("/v1/dead-letters/redrive", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(code === "" ? {} : { code }),
  }).catch(() => null);
  const body = answer === null ? null : await answer.json();
  const status = /** @type {HTMLElement} */ (document.querySelector("#redriven"));
  if (answer?.ok === true) status.textContent = `${body.moved} back on the queue. The page shows soon how they end.`;
  else status.textContent = body === null ? "The service does not answer; try again." : `${body.detail} ${body.remedy}`;
  button.disabled = false;
  button.blur();
});
