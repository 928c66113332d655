import { type Issue, shorten } from "./issue.ts";
import type { PreparedHeader } from "./prepare-headers.ts";
import type { ColumnProfile } from "./profile.ts";

/** What a customer is called in a column that is no id. */
const nameKeys = new Set(
  (
    "account accountname customer customername client clientname company companyname organization organizationname organisation organisationname " +
    "user username subscriber member tenant workspace email emailaddress customeremail accountemail contactemail useremail kunde kundenname " +
    "firma nomclient nomduclient cliente"
  ).split(" "),
);
/** Fewer are the values of a flag or of a kind of customer. */
const fewestNames = 10;
/** Rows a name, from which on it is no chance and no two customers of one name. */
const mostRows = 1.2;

/**
 * Where no column holds the customers' ids, and their repetition cannot be counted by them: one that names the customers, and each in several rows, as
 * an export by months, subscriptions or users does.
 */
export function repeatedNamesIssues(
  headers: readonly PreparedHeader[],
  names: readonly string[],
  profiles: readonly ColumnProfile[] | null,
): Issue[] {
  const column = headers.findIndex(({ key }, i) => nameKeys.has(key) && isRepeated(profiles?.[i]));
  if (column < 0) return [];
  const { count, blank, missing, distinct, distinctEstimate } = profiles![column]!;
  const about = distinct === null ? "about " : "";
  return [
    {
      code: "rows_not_customers",
      severity: "warning",
      column: names[column]!,
      feature: null,
      count: 1,
      message:
        `${JSON.stringify(shorten(names[column]!))} names ${about}${distinctEstimate} customers in ${count - blank - missing} rows: the rows seem to be ` +
        "months, subscriptions, contacts or users of a customer, and each is scored and counted on its own. Make it one row per customer first.",
      examples: [],
    },
  ];
}

function isRepeated(profile: ColumnProfile | undefined): boolean {
  if (profile === undefined) return false;
  const { count, blank, missing, distinctEstimate } = profile;
  return distinctEstimate >= fewestNames && count - blank - missing >= mostRows * distinctEstimate;
}
