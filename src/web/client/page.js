// What every page has: times in the reader's own zone and words, those that come later too.
const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** @param {ParentNode} parent */
export function localTimes(parent) {
  for (const element of parent.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.getAttribute("datetime") ?? "");
    if (!Number.isNaN(moment.getTime())) element.textContent = time.format(moment);
  }
}

localTimes(document);
