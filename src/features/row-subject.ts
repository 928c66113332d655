import type { Issue } from "./issue.ts";
import type { PreparedHeader } from "./prepare-headers.ts";

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
  return {
    code: "rows_not_customers",
    severity: "warning",
    column: null,
    feature: null,
    count: 1,
    message,
    examples: [],
  };
}
