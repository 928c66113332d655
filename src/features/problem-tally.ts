import type { RejectedRow, RowError } from "./encoded-rows.ts";
import type { Issue } from "./issue.ts";
import { causeKey } from "./root-cause.ts";

/** What was not scored: each customer once, however many reasons there are. */
export interface NotScored {
  readonly customers: number;
  /** In the unit of the charge column; null where it is known of none of them. */
  readonly monthly_revenue: number | null;
  readonly revenue_known_for: number;
}

export interface ProblemTally {
  add(rejected: readonly RejectedRow[]): void;
  result(): RejectionPrices;
}

/** By cause, and of all rows that were set aside. */
export interface RejectionPrices {
  readonly causes: ReadonlyMap<string, { readonly price: NotScored; readonly issue: Issue }>;
  readonly total: NotScored;
}

interface Sum {
  /** One of the errors with this cause. */
  readonly error: RowError | null;
  customers: number;
  revenue: number;
  known: number;
}

/** Counts and prices the rows that are set aside, by root cause, in memory that depends on codes and columns only. */
export function createProblemTally(): ProblemTally {
  const sums = new Map<string, Sum>();
  const empty = (error: RowError | null): Sum => ({ error, customers: 0, revenue: 0, known: 0 });
  const total = empty(null);
  const count = (sum: Sum, charge: number | null) => {
    sum.customers++;
    if (charge === null) return;
    sum.revenue += charge;
    sum.known++;
  };
  return {
    add(rejected) {
      for (const { errors, monthlyCharge } of rejected) {
        count(total, monthlyCharge);
        for (const [key, error] of new Map(errors.map((each) => [causeKey(each), each]))) {
          const sum = sums.get(key) ?? empty(error);
          sums.set(key, sum);
          count(sum, monthlyCharge);
        }
      }
    },
    result: () => ({
      causes: new Map(
        [...sums].map(([key, sum]) => [key, { price: priceOf(sum), issue: issueOf(sum.error!, sum.customers) }]),
      ),
      total: priceOf(total),
    }),
  };
}

export const nothingRejected: RejectionPrices = {
  causes: new Map(),
  total: { customers: 0, monthly_revenue: 0, revenue_known_for: 0 },
};

function issueOf({ code, column, feature, message, rule }: RowError, count: number): Issue {
  return { code, severity: "error", column, feature, count, message, rule, examples: [] };
}

function priceOf({ customers, revenue, known }: Sum): NotScored {
  const isKnown = known > 0 || customers === 0;
  // The model's numbers have seven digits: what lies behind the cent is theirs and not the file's.
  return { customers, monthly_revenue: isKnown ? Math.round(revenue * 100) / 100 : null, revenue_known_for: known };
}
