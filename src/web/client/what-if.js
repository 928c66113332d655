// Asks the model about a customer with other values; the last question wins.
import { byId, call, showProblem } from "./call.js";

const section = document.getElementById("what-if");
if (section !== null) start(section);

/** @param {HTMLElement} section */
function start(section) {
  const own = JSON.parse(section.dataset["customer"] ?? "{}");
  const before = Number(section.dataset["before"]);
  const form = /** @type {HTMLFormElement} */ (section.querySelector("form"));
  const reset = /** @type {HTMLButtonElement} */ (byId("what-if-reset"));
  const percent = new Intl.NumberFormat("en", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  /** @type {AbortController | null} */
  let asking = null;
  let waiting = 0;

  /** @returns {(HTMLInputElement | HTMLSelectElement)[]} */
  const fields = () => [.../** @type {any} */ (form.elements)].filter((field) => "name" in field && field.name !== "");

  /** What another value settles is put in, and told. */
  function settle() {
    const changed = [];
    for (const field of fields()) {
      const { parent, when, state, no = "" } = field.dataset;
      if (parent === undefined || state === undefined) continue;
      const of = /** @type {HTMLSelectElement | null} */ (document.getElementById(`what-if-${parent}`));
      const isSettled = (of?.value ?? own[parent]) === when;
      const freed = own[field.name] === state ? no : own[field.name];
      if (isSettled) field.value = state;
      else if (field.value === state) field.value = freed;
      field.disabled = isSettled;
      // Told as long as it is so, and not only when it changes.
      if (isSettled !== (own[field.name] === state)) changed.push(`${field.labels?.[0]?.textContent}: ${field.value}`);
    }
    const told = changed.length === 0 ? "" : `Changed with it: ${changed.join(", ")}.`;
    if (byId("what-if-also").textContent !== told) byId("what-if-also").textContent = told;
  }

  async function ask() {
    const customer = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== null));
    for (const field of fields()) customer[field.name] = field.type === "range" ? Number(field.value) : field.value;
    asking?.abort();
    asking = new AbortController();
    let answer;
    try {
      answer = await call("/v1/predict", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ customers: [customer], explain: false, model: section.dataset["model"] }),
        signal: asking.signal,
      });
    } catch {
      return;
    }
    const problem = byId("what-if-problem");
    if (!answer.ok) return showProblem(problem, answer.problem);
    const [prediction] = answer.value.predictions;
    if (prediction === undefined) {
      const [issue] = answer.value.rejected[0].issues;
      return showProblem(problem, {
        title: "The model takes no such value",
        detail: issue.message,
        remedy: "",
        code: issue.code,
        status: 422,
      });
    }
    showProblem(problem, null);
    const probability = prediction.churn_probability;
    byId("what-if-probability").textContent = percent.format(probability);
    const points = 100 * (probability - before);
    byId("what-if-change").textContent =
      Math.abs(points) < 0.05
        ? "no change"
        : `${Math.abs(points).toFixed(1)} percentage points ${points > 0 ? "more" : "less"} than ${percent.format(before)}`;
    reset.disabled = false;
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    if (event.target instanceof HTMLInputElement) {
      const shown = form.querySelector(`output[for="${event.target.id}"]`);
      if (shown !== null) shown.textContent = String(Math.round(Number(event.target.value) * 100) / 100);
    }
    settle();
    clearTimeout(waiting);
    waiting = window.setTimeout(ask, 80);
  });
  reset.addEventListener("click", () => {
    clearTimeout(waiting);
    form.reset();
    for (const output of form.querySelectorAll("output")) {
      output.textContent = String(own[output.htmlFor.value.slice("what-if-".length)]);
    }
    settle();
    asking?.abort();
    byId("what-if-probability").textContent = percent.format(before);
    byId("what-if-change").textContent = "as it is now";
    showProblem(byId("what-if-problem"), null);
    reset.disabled = true;
  });
  settle();
}
