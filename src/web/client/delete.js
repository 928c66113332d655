// Deletes an upload after asking.
import { byId, call } from "./call.js";

const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("delete-dialog"));
let uploadId = "";
/** What is being deleted is no longer missed by whoever follows it; the page is left from here. */
export let isDeleting = false;

for (const button of document.querySelectorAll("[data-delete]")) {
  button.addEventListener("click", () => {
    uploadId = button.getAttribute("data-delete") ?? "";
    byId("delete-name").textContent = button.getAttribute("data-name");
    byId("delete-failed").textContent = "";
    dialog?.showModal();
  });
}

if (dialog !== null) {
  byId("delete-no").addEventListener("click", () => dialog.close());
  byId("delete-yes").addEventListener("click", async () => {
    isDeleting = true;
    const answer = await call(`/v1/uploads/${uploadId}`, { method: "DELETE" });
    if (!answer.ok && answer.problem.code !== "not_found") {
      isDeleting = false;
      byId("delete-failed").textContent = `${answer.problem.detail} ${answer.problem.remedy}`;
      return;
    }
    dialog.close();
    if (location.pathname === "/") location.reload();
    else location.href = "/";
  });
}
