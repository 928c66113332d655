import type { Issue } from "./issue.ts";
import { normaliseText } from "./normalise.ts";
import type { PreparedHeader } from "./prepare-headers.ts";
import type { ColumnProfile } from "./profile.ts";

const statusKeys = new Set(["status", "customerstatus", "subscriptionstatus", "accountstatus", "subscriptionstate"]);
const leftWords = new Set(
  (
    "cancelled canceled churned ended expired terminated closed gekundigt beendet resilie resiliee cancelado cancelada terminado encerrado " +
    "disdetto opgezegd"
  ).split(" "),
);

/** Warns of customers who have left already by a column of their status: tools keep them in their exports, with their last charge. */
export function leftCustomersIssues(
  headers: readonly PreparedHeader[],
  names: readonly string[],
  profiles: readonly ColumnProfile[] | null,
): Issue[] {
  const column = headers.findIndex(({ key }) => statusKeys.has(key));
  const left = (profiles?.[column]?.distinct ?? []).filter(({ text }) => leftWords.has(normaliseText(text)));
  if (left.length === 0) return [];
  const words = left.slice(0, 3).map(({ text }) => JSON.stringify(text));
  const message =
    `Some customers have left already: their status is ${words.join(" or ")}. They are scored like the others; take them out of the file ` +
    "if you look for those who may still leave.";
  const count = left.reduce((sum, each) => sum + each.count, 0);
  return [
    {
      code: "customers_left",
      severity: "warning",
      column: names[column]!,
      feature: null,
      count,
      message,
      examples: [],
    },
  ];
}
