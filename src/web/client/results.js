// Filters and further customers without a new page; the address always says what is shown.
import { byId } from "./call.js";

const form = /** @type {HTMLFormElement} */ (byId("filter"));
/** @type {AbortController | null} */
let asking = null;

/** @param {string} address */
async function fetchFound(address) {
  asking?.abort();
  asking = new AbortController();
  const response = await fetch(address, { headers: { accept: "text/html" }, signal: asking.signal });
  if (!response.ok || response.redirected) throw new Error(String(response.status));
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return /** @type {HTMLElement} */ (page.getElementById("found"));
}

async function filter() {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value !== "") fields.set(name, String(value));
  const address = `${form.getAttribute("action")}?${fields}`;
  try {
    const found = await fetchFound(address);
    byId("found").replaceChildren(...found.childNodes);
    history.replaceState(null, "", address);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) location.href = address;
  }
}

let waiting = 0;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  filter();
});
form.addEventListener("input", (event) => {
  clearTimeout(waiting);
  const isSearch = event.target instanceof HTMLInputElement;
  waiting = window.setTimeout(filter, isSearch ? 200 : 0);
});

/** Rows kept in the page: more would make it slow, and nobody reads on; the next page has the rest. */
const mostRows = 1_000;

byId("found").addEventListener("click", async (event) => {
  const link = event.target instanceof Element ? event.target.closest("#more") : null;
  const body = document.querySelector("#found tbody");
  if (!(link instanceof HTMLAnchorElement) || body === null || body.children.length >= mostRows) return;
  event.preventDefault();
  try {
    const found = await fetchFound(link.href);
    const rows = [...(found.querySelector("tbody")?.children ?? [])];
    body.append(...rows);
    const next = found.querySelector("#more");
    if (next === null) link.remove();
    else link.replaceWith(next);
    rows[0]?.querySelector("a")?.focus();
  } catch (error) {
    // A filter was chosen meanwhile.
    if (!(error instanceof DOMException && error.name === "AbortError")) location.href = link.href;
  }
});

const share = byId("share");
if (navigator.clipboard !== undefined) {
  share.hidden = false;
  share.addEventListener("click", async () => {
    await navigator.clipboard.writeText(location.href);
    byId("shared").textContent = "Copied. Whoever may see this service can open it.";
  });
}
