// Sends corrected rows back into the upload that set them aside, and follows them to their end.
import { byId, call, showProblem } from "./call.js";

const form = /** @type {HTMLFormElement} */ (byId("correct-form"));
const input = /** @type {HTMLInputElement} */ (byId("corrected"));
const said = byId("corrected-said");
const refused = byId("corrected-refused");
const first = form.dataset["upload"] ?? "";

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [file] = input.files ?? [];
  if (file === undefined) return;
  showProblem(refused, null);
  said.textContent = "Uploading the corrected rows.";
  const address = `/v1/uploads?${new URLSearchParams({ corrects: first, filename: file.name.slice(0, 255) })}`;
  const answer = await call(address, { method: "POST", headers: { "content-type": "text/csv" }, body: file });
  if (!answer.ok) {
    said.textContent = "";
    return showProblem(refused, answer.problem);
  }
  await follow(answer.value.upload_id);
});

/** @param {string} id */
async function follow(id) {
  for (;;) {
    const answer = await call(`/v1/uploads/${id}`);
    if (answer.ok) {
      const { status, error } = answer.value;
      if (status === "completed") return location.reload();
      if (status === "failed") {
        said.textContent = "";
        return showProblem(refused, error);
      }
      if (status === "needs_mapping") {
        location.href = `/uploads/${id}/mapping`;
        return;
      }
      said.textContent = "Scoring the corrected rows.";
    } else {
      said.textContent = "The service does not answer; the work goes on, and this page tries again.";
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
