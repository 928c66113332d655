import { type Issue, shorten } from "./issue.ts";
import type { PreparedHeader } from "./prepare-headers.ts";
import type { ColumnProfile } from "./profile.ts";

/** What the rows of well-known exports are where they are no customers, and the column names that only these have. */
const subjects: readonly (readonly [subject: string, keys: ReadonlySet<string>])[] = [
  [
    "support tickets",
    new Set(["tickettype", "ticketid", "ticketnumber", "requesterid", "assigneestations", "requesteremail"]),
  ],
  [
    "deals",
    new Set(["dealname", "dealstage", "dealid", "dealowner", "opportunityname", "opportunityid", "opportunitystage"]),
  ],
  ["payments", new Set(["transactionid", "storetransactionid", "invoicenumber", "paymentintentid", "chargeid"])],
  ["months of subscriptions", new Set(["reportingmonth"])],
];

/** What the rows are by their column names, where that is not customers; otherwise null. */
export function rowSubject(headers: readonly PreparedHeader[]): string | null {
  return subjects.find(([, keys]) => headers.some(({ key }) => keys.has(key)))?.[0] ?? null;
}

/** Whether a name says itself that it means the customer: "Record ID" does not. */
export function namesCustomer({ read }: PreparedHeader): boolean {
  return read.concepts.has("customer") || read.concepts.has("account");
}

export function rowSubjectIssue(subject: string): Issue {
  const message = `The rows of this file seem to be ${subject}, not customers, and each row is scored on its own. Make it one row per customer first.`;
  return notCustomers(null, message);
}

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
 * an export by months, subscriptions or users does. Null where there is none.
 */
export function repeatedNamesIssue(
  headers: readonly PreparedHeader[],
  names: readonly string[],
  profiles: readonly ColumnProfile[],
): Issue | null {
  for (const [column, { count, blank, missing, distinct, distinctEstimate }] of profiles.entries()) {
    const rows = count - blank - missing;
    if (!nameKeys.has(headers[column]!.key) || distinctEstimate < fewestNames || rows < mostRows * distinctEstimate)
      continue;
    const name = names[column]!;
    const customers = `${distinct === null ? "about " : ""}${distinctEstimate}`;
    const message =
      `${JSON.stringify(shorten(name))} names ${customers} customers in ${rows} rows: the rows seem to be months, subscriptions, contacts or ` +
      "users of a customer, and each is scored and counted on its own. Make it one row per customer first.";
    return notCustomers(name, message);
  }
  return null;
}

function notCustomers(column: string | null, message: string): Issue {
  return { code: "rows_not_customers", severity: "warning", column, feature: null, count: 1, message, examples: [] };
}
