/**
 * The faults of customers' files that cost most when nobody notices, each as a file of made customers and what has to become of it. `fault` is
 * the kind, of which there may be several files: the usual case first, then those that hide better.
 */
import { customerHeader, makeCustomers } from "../../bench/customers.ts";

export type Outcome =
  /** Every customer scored, to the last bit as in the file without the fault; `issue` is told where something was converted. */
  | { readonly kind: "same"; readonly issue?: string }
  /** Nobody scored before a person has answered. */
  | { readonly kind: "asked"; readonly feature: string; readonly saying: RegExp }
  /** Every customer scored as if the file had no such column; `issue` is told, or the feature is merely listed as missing. */
  | { readonly kind: "left_out"; readonly feature: string; readonly column: string; readonly issue: string | null }
  /** The rows concerned are set aside, the others scored as without the fault. */
  | { readonly kind: "set_aside"; readonly code: string; readonly rows: number }
  /** The values cannot be told from right ones: scored with a warning. */
  | { readonly kind: "warned"; readonly feature: string; readonly issue: string };

export interface SilentFault {
  readonly fault: string;
  readonly what: string;
  readonly customers: readonly Customer[];
  readonly outcome: Outcome;
}

type Customer = Readonly<Record<string, string>>;

export const clean: readonly Customer[] = [...makeCustomers(400, 11)].map((cells) =>
  Object.fromEntries(customerHeader.map((name, i) => [name, cells[i]!])),
);

/** One column in another dress, and under another name if `as` is given. */
function change(customers: readonly Customer[], name: string, to: (value: string, row: number) => string, as = name) {
  return customers.map((customer, row) =>
    Object.fromEntries(
      Object.entries(customer).map(([key, value]) => (key === name ? [as, to(value, row)] : [key, value])),
    ),
  );
}
const without = (customers: readonly Customer[], name: string): Customer[] =>
  customers.map(({ [name]: _, ...rest }) => rest);
const everywhere = (from: string, to: string): Customer[] =>
  clean.map((customer) =>
    Object.fromEntries(Object.entries(customer).map(([key, value]) => [key, value === from ? to : value])),
  );
/** Customers of other months, charged accordingly. */
const aged = (months: (tenure: number) => number): Customer[] =>
  clean.map((customer) => {
    const tenure = months(Number(customer["tenure"]));
    const total = (tenure * Number(customer["MonthlyCharges"])).toFixed(2);
    return { ...customer, tenure: String(tenure), TotalCharges: total };
  });
const one =
  (words: Readonly<Record<string, string>>) =>
  (value: string): string =>
    words[value] ?? value;

const times =
  (factor: number, places = 0) =>
  (value: string): string =>
    value.trim() === "" ? value : (Number(value) * factor).toFixed(places);
const cents = times(100);
const thousands = (mark: string) => (value: string) => value.replace(/^(\d+)(\d{3})\./, `$1${mark}$2.`);
const wholeThousands = (value: string) => times(1)(value).replace(/^(\d+)(\d{3})$/, "$1,$2");
const decimalComma = (value: string) => value.replace(".", ",");

const young = aged((months) => 1 + (months % 7));
const old = aged((months) => months * 3);
const cheap = change(change(clean, "MonthlyCharges", times(0.1, 2)), "TotalCharges", times(0.1, 2));
const noTotal = without(clean, "TotalCharges");
const charges = (saying: RegExp): Outcome => ({ kind: "asked", feature: "monthly_charges", saying });
const tenure = (saying: RegExp): Outcome => ({ kind: "asked", feature: "tenure_months", saying });
const contract = (saying: RegExp): Outcome => ({ kind: "asked", feature: "contract", saying });
const leftOut = (feature: string, column: string, issue: string | null = "mapping_doubtful"): Outcome => ({
  kind: "left_out",
  feature,
  column,
  issue,
});
const same: Outcome = { kind: "same" };
const implied: Outcome = { kind: "same", issue: "implied_value" };
const days = times(30.4375);

type Row = readonly [what: string, customers: readonly Customer[], outcome: Outcome];
const table: Readonly<Record<string, readonly Row[]>> = {
  "MRR in cents": [
    ["under the name of the export", change(clean, "MonthlyCharges", cents, "MRR"), charges(/cents/)],
    ["without a hint in the name", change(clean, "MonthlyCharges", cents), charges(/cents/)],
    ["and no total to hold it against", change(noTotal, "MonthlyCharges", cents), charges(/cents/)],
    ["the total in cents too", change(change(clean, "MonthlyCharges", cents), "TotalCharges", cents), charges(/cents/)],
    ["of three customers", change(clean.slice(0, 3), "MonthlyCharges", cents), charges(/cents/)],
    ["of a cheap product", change(cheap, "MonthlyCharges", cents), charges(/cents/)],
    [
      "of a cheap product without totals",
      change(without(cheap, "TotalCharges"), "MonthlyCharges", cents),
      charges(/cents/),
    ],
    ["in the total only", change(clean, "TotalCharges", cents), leftOut("total_charges", "TotalCharges")],
  ],
  "a decimal comma taken for thousands": [
    ["in both amounts", change(change(clean, "MonthlyCharges", decimalComma), "TotalCharges", decimalComma), same],
    ["in one of them", change(clean, "MonthlyCharges", decimalComma), same],
    [
      "by a tool before us",
      change(clean, "MonthlyCharges", (value) => times(1, 1)(value).replace(".", "")),
      charges(/usual/),
    ],
    [
      "with three places",
      change(clean, "MonthlyCharges", (value) => decimalComma(times(1, 3)(value))),
      charges(/decimal/),
    ],
  ],
  "tenure in days": [
    ["of the usual customers", change(clean, "tenure", days), tenure(/days/)],
    ["without totals", change(noTotal, "tenure", days), tenure(/days/)],
    ["of a young business", change(young, "tenure", days), tenure(/days/)],
    ["of a young business without totals", change(without(young, "TotalCharges"), "tenure", days), tenure(/days/)],
    ["weeks of a young business", change(young, "tenure", times(4.35)), tenure(/weeks/)],
  ],
  "the contract in another case and spelling": [
    [
      "in another case",
      change(
        clean,
        "Contract",
        one({ "Month-to-month": "Month-to-Month", "One year": "ONE YEAR", "Two year": "Two-Year" }),
      ),
      same,
    ],
    [
      "in other words",
      change(
        clean,
        "Contract",
        one({ "Month-to-month": "month to month", "One year": "1 yr", "Two year": "24 months" }),
      ),
      same,
    ],
    [
      "in bare numbers",
      change(clean, "Contract", one({ "Month-to-month": "1", "One year": "12", "Two year": "24" })),
      contract(/Contract/),
    ],
    [
      "in a word that is unknown",
      change(clean, "Contract", (value, row) => (row % 4 === 0 ? "Quarterly" : value)),
      { kind: "set_aside", code: "unknown_category", rows: 100 },
    ],
  ],
  "the plan's tier as the contract": [
    [
      "under its own name",
      change(clean, "Contract", (_, i) => ["Basic", "Pro", "Premium"][i % 3]!, "Plan"),
      contract(/plan, tier/),
    ],
    [
      "under the contract's name",
      change(clean, "Contract", (_, i) => ["Basic", "Pro", "Premium"][i % 3]!),
      contract(/Basic/),
    ],
  ],
  "tenure in years": [
    ["whole ones", change(clean, "tenure", (value) => String(Math.floor(Number(value) / 12))), tenure(/years/)],
    ["fractions", change(clean, "tenure", times(1 / 12, 1)), tenure(/years/)],
    ["without totals", change(noTotal, "tenure", times(1 / 12)), tenure(/years/)],
    ["of an old business", change(old, "tenure", times(1 / 12)), tenure(/years/)],
    [
      "of an old business without totals",
      change(without(old, "TotalCharges"), "tenure", times(1 / 12)),
      tenure(/years/),
    ],
    [
      "of an old business in fractions",
      change(without(old, "TotalCharges"), "tenure", times(1 / 12, 1)),
      tenure(/years/),
    ],
  ],
  "totals with thousands separators": [
    ["commas", change(clean, "TotalCharges", thousands(",")), same],
    ["spaces", change(clean, "TotalCharges", thousands(" ")), same],
    ["narrow no-break spaces", change(clean, "TotalCharges", thousands("\u202f")), same],
    ["apostrophes", change(clean, "TotalCharges", thousands("'")), same],
    [
      "of whole amounts",
      change(change(clean, "TotalCharges", wholeThousands), "MonthlyCharges", (value) => value),
      { kind: "same", issue: "decimal_assumed" },
    ],
  ],
  "internet service as yes and no": [
    [
      "in words",
      change(clean, "InternetService", (value) => (value === "No" ? "No" : "Yes")),
      leftOut("internet_service", "InternetService"),
    ],
    [
      "in digits",
      change(clean, "InternetService", (value) => (value === "No" ? "0" : "1")),
      leftOut("internet_service", "InternetService"),
    ],
  ],
  "no contract column": [["at all", without(clean, "Contract"), contract(/Contract/)]],
  "no internet service told as No": [
    ["beside the internet service", everywhere("No internet service", "No"), implied],
    ["told as nothing", everywhere("No internet service", ""), implied],
    ["of the telephone", everywhere("No phone service", "No"), implied],
    [
      "without the internet service",
      without(everywhere("No internet service", "No"), "InternetService"),
      { kind: "warned", feature: "online_security", issue: "usual_value_absent" },
    ],
  ],
  "electronic check as bank transfer": [
    [
      "in the wording of the 11.1.3 release",
      change(
        clean,
        "PaymentMethod",
        one({
          "Electronic check": "Bank Withdrawal",
          "Bank transfer (automatic)": "Bank Withdrawal",
          "Credit card (automatic)": "Credit Card",
          "Mailed check": "Mailed Check",
        }),
      ),
      leftOut("payment_method", "PaymentMethod"),
    ],
    [
      "as a word that is unknown",
      change(clean, "PaymentMethod", one({ "Electronic check": "Bank Withdrawal" })),
      {
        kind: "set_aside",
        code: "unknown_category",
        rows: clean.filter((customer) => customer["PaymentMethod"] === "Electronic check").length,
      },
    ],
    [
      "as the other's own word",
      change(clean, "PaymentMethod", one({ "Electronic check": "Bank transfer (automatic)" })),
      { kind: "warned", feature: "payment_method", issue: "usual_value_absent" },
    ],
  ],
  "no total charges": [
    ["at all", noTotal, leftOut("total_charges", "TotalCharges", null)],
    ["in any row", change(clean, "TotalCharges", () => " "), leftOut("total_charges", "TotalCharges", "blank_value")],
  ],
};

export const silentFaults: readonly SilentFault[] = Object.entries(table).flatMap(([fault, rows]) =>
  rows.map(([what, customers, outcome]) => ({ fault, what, customers, outcome })),
);

/** As an export writes it: comma, LF, quotes where needed. */
export function csvOf(customers: readonly Customer[]): string {
  const lines = [Object.keys(customers[0]!), ...customers.map((customer) => Object.values(customer))];
  return lines.map((cells) => `${cells.map(quoted).join()}\n`).join("");
}

export const withoutColumn = (column: string): Customer[] => without(clean, column);

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
