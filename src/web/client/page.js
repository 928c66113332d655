// What every page has: times in the reader's own zone and words.
const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
for (const element of document.querySelectorAll("time[datetime]")) {
  const moment = new Date(element.getAttribute("datetime") ?? "");
  if (!Number.isNaN(moment.getTime())) element.textContent = time.format(moment);
}
