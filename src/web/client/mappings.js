// Changes and forgets remembered columns.
import { byId, call, showProblem } from "./call.js";

for (const form of document.querySelectorAll("form[data-address]")) {
  if (!(form instanceof HTMLFormElement)) continue;
  const { address = "", label = "" } = form.dataset;
  const problem = /** @type {HTMLElement} */ (form.querySelector("[data-problem]"));

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = new FormData(form);
    const unit = String(fields.get("unit") ?? "");
    const answer = await call(address, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ column: String(fields.get("column")), unit: unit === "" ? null : unit }),
    });
    showProblem(problem, answer.ok ? null : answer.problem);
    if (answer.ok) byId("said").textContent = `${label} is saved.`;
  });

  form.querySelector("[data-forget]")?.addEventListener("click", async () => {
    if (!confirm(`Forget which column is ${label}? Later files are looked at as if it had never been said.`)) return;
    const answer = await call(address, { method: "DELETE" });
    if (!answer.ok && answer.problem.code !== "not_found") return showProblem(problem, answer.problem);
    form.remove();
    byId("said").textContent = `${label} is forgotten.`;
    if (document.querySelector("form[data-address]") === null) location.reload();
  });
}
