// The first rows of a file as they were understood, and what was recognised in it.
import { byId } from "./call.js";

/** @type {{name: string, label: string, required: boolean}[]} */
const known = JSON.parse(byId("upload").dataset["features"] ?? "[]");
const labels = new Map(known.map(({ name, label }) => [name, label]));
/** @type {Record<string, string>} */
const separators = { ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars" };

/**
 * @param {string} name
 * @param {string} text
 * @param {string} [className]
 */
function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className !== "") made.className = className;
  return made;
}

/** Nothing of an earlier reading stays. */
export function clearPreview() {
  for (const id of ["read-file", "read-as", "first-rows", "recognised", "to-say"]) byId(id).replaceChildren();
}

/**
 * @param {File} file
 * @param {{csv: {encoding: string, delimiter: string, decimal: string, header_row: number},
 *   preview: {columns: string[], rows: string[][]},
 *   mapping: {feature: string, column: string, confidence: number}[],
 *   missing_features: string[], questions: {question: string}[]}} suggestion
 */
export function showPreview(file, { csv, preview, mapping, missing_features, questions }) {
  const separator = separators[csv.delimiter] ?? csv.delimiter;
  const decimal = csv.decimal === "," ? "a decimal comma" : "a decimal point";
  byId("read-file").textContent = file.name;
  byId("read-file").title = file.name;
  byId("read-as").textContent =
    `${csv.encoding.toUpperCase()}, columns separated by ${separator}, numbers with ${decimal}, column names in row ${csv.header_row}.`;
  /** @type {Map<string, string>} */
  const features = new Map(mapping.map(({ column, feature }) => [column, feature]));
  const head = document.createElement("tr");
  const meaning = document.createElement("tr");
  meaning.className = "meaning";
  for (const column of preview.columns) {
    const name = element("th", "");
    name.setAttribute("scope", "col");
    const text = element("span", column === "" ? "(no name)" : column, "cut");
    text.title = column;
    name.append(text);
    head.append(name);
    meaning.append(element("td", taken(features.get(column)), features.has(column) ? "known" : ""));
  }
  const rows = preview.rows.map((cells) => {
    const row = document.createElement("tr");
    for (const cell of cells) {
      const text = element("span", cell, "cut");
      const place = document.createElement("td");
      place.append(text);
      row.append(place);
    }
    return row;
  });
  const thead = document.createElement("thead");
  thead.append(head);
  const tbody = document.createElement("tbody");
  tbody.append(meaning, ...rows);
  byId("first-rows").replaceChildren(
    element("caption", "The second line says what each column was taken for.", "quiet"),
    thead,
    tbody,
  );
  const needed = known
    .filter(({ name, required }) => required && missing_features.includes(name))
    .map(({ label }) => label);
  const asked = questions.length;
  byId("recognised").textContent = [
    `${mapping.length} of ${preview.columns.length} columns were recognised.`,
    needed.length > 0 ? `Not found yet, and needed: ${needed.join(", ")}.` : "All that is needed is there.",
    asked > 0 ? `You will be asked about ${asked === 1 ? "one thing" : `${asked} things`} if the answer matters.` : "",
  ].join(" ");
  askForDay(questions.some(({ question }) => question.includes("as_of")));
}

/** @param {string | undefined} feature */
function taken(feature) {
  if (feature === undefined) return "–";
  return labels.get(feature) ?? feature.replaceAll("_", " ");
}

/**
 * Where a column holds dates, the day that the file was made is asked for.
 * @param {boolean} wanted
 */
function askForDay(wanted) {
  const place = byId("to-say");
  if (!wanted) return place.replaceChildren();
  if (document.getElementById("as-of") !== null) return;
  const label = element("label", "The day that this file was made");
  label.setAttribute("for", "as-of");
  const input = document.createElement("input");
  Object.assign(input, { type: "date", id: "as-of" });
  place.replaceChildren(label, input);
}
