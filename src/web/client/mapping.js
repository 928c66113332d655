// Sends the answers to a file's questions.
import { byId, call, showProblem } from "./call.js";

const form = /** @type {HTMLFormElement} */ (byId("answer"));
/** @type {string[]} */
const columns = JSON.parse(form.dataset["columns"] ?? "[]");

/** @param {string} id */
const textOf = (id) => /** @type {HTMLInputElement | null} */ (document.getElementById(id))?.value ?? "";

// Who opens a list of other columns, or of values for all, means one of them.
for (const select of form.querySelectorAll("[data-other], [data-constant]")) {
  select.addEventListener("input", () => {
    const radio = select.closest("label")?.querySelector("input");
    if (radio instanceof HTMLInputElement) radio.checked = true;
  });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  /** @type {Record<string, string>} */
  const mapping = {};
  /** @type {Record<string, string>} */
  const units = {};
  /** @type {Record<string, string>} */
  const constants = {};
  for (const question of form.querySelectorAll("fieldset")) {
    const feature = question.dataset["feature"] ?? "";
    const chosen =
      /** @type {HTMLInputElement | null} */ (question.querySelector("input[type=radio]:checked"))?.value ?? "none";
    if (chosen === "constant") {
      constants[feature] = /** @type {HTMLSelectElement} */ (question.querySelector("[data-constant]")).value;
      continue;
    }
    const place =
      chosen === "other" ? /** @type {HTMLSelectElement} */ (question.querySelector("[data-other]")).value : chosen;
    mapping[feature] = place === "none" ? "" : (columns[Number(place)] ?? "");
    const unit = /** @type {HTMLSelectElement | null} */ (question.querySelector("[data-unit]"))?.value ?? "";
    if (unit !== "" && mapping[feature] !== "") units[feature] = unit;
  }
  const asOf = textOf("as-of");
  const decimal = textOf("decimal");
  const answer = await call(`/v1/uploads/${form.dataset["upload"]}/mapping`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      ...(Object.keys(mapping).length > 0 ? { mapping } : {}),
      ...(Object.keys(constants).length > 0 ? { constants } : {}),
      ...(Object.keys(units).length > 0 ? { units } : {}),
      ...(asOf === "" ? {} : { as_of: asOf }),
      ...(decimal === "" ? {} : { decimal }),
      remember: /** @type {HTMLInputElement} */ (byId("remember")).checked,
    }),
  });
  // Somebody else may have answered: the page shows what has become of it.
  if (answer.ok || answer.problem.code === "not_ready") location.href = `/uploads/${form.dataset["upload"]}`;
  else showProblem(byId("refused"), answer.problem);
});
