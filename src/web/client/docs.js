// Puts the reader's own key into the examples; it stays in this page and goes nowhere.
const field = /** @type {HTMLInputElement | null} */ (document.querySelector("#key"));
field?.addEventListener("input", () => {
  for (const place of document.querySelectorAll(".key")) place.textContent = field.value.trim() || "YOUR_KEY";
});
