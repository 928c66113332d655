import { bagOf } from "./bags.ts";
import { readConcepts } from "./concepts.ts";
import { normaliseHeader } from "./normalise.ts";
import type { PreparedHeader } from "./prepare-headers.ts";
import type { Target } from "./target.ts";
import { unitMeaning } from "./words.ts";

/** A name that well-known exports use for something that may or may not be the feature. */
export interface DoubtfulName {
  /** Feature (or known column) that it might be. */
  readonly feature: string;
  /** What may be wrong, for a person. */
  readonly reason: string;
  /** Whether values as in training settle it. */
  readonly settles: boolean;
  /** The unit that such a column is in, where it is known. */
  readonly unit: string | null;
}

const perYear = "it is an amount per year";
const perPayment = "a payment may cover more or less than a month";
const interval = "it says how often is billed, which is not how long the customer is bound";
const perRow = "the file may have one row per ticket, contact or event, not per customer";
const table: readonly (readonly [names: string, feature: string, reason: string, settled?: "settles" | "per_year"])[] =
  [
    ["mrr", "monthly_charges", "some exports (ChartMogul) give MRR in cents", "settles"],
    [
      "arr|arr amount|acv|annual contract value|annual recurring revenue|annual revenue",
      "monthly_charges",
      perYear,
      "per_year",
    ],
    [
      "amount|unit amount|price|charge|rate",
      "monthly_charges",
      "the amount may be per month, per year or per interval",
    ],
    ["actual amount paid|amount paid|last payment|last charge|last payment amount", "monthly_charges", perPayment],
    [
      "total revenue|revenue|net revenue|gross revenue",
      "total_charges",
      "revenue may hold refunds and extras beside the charges",
    ],
    ["total sales|sales|total amount", "total_charges", "it may hold more than what was charged"],
    [
      "total trans amt|total transaction amount|charges last 12 months|revenue last 12 months|charges ytd|revenue ytd",
      "total_charges",
      "it may cover the last 12 months only",
    ],
    ["customer age|account age years|subscription age", "tenure_months", "it may be a person's age, or be in years"],
    [
      "payment interval|charge interval|bill interval|interval|interval unit|interval count|subscription interval|plan interval|renewal interval|contract renewal interval",
      "contract",
      interval,
    ],
    ["payment plan days|plan days|subscription days", "contract", "it is a number of days, not a contract term"],
    ["payment method id|payment id", "payment_method", "it holds codes whose meaning the file does not say"],
    ["default source|payment source", "payment_method", "it is the id of a payment source"],
    ["has internet|has internet service", "internet_service", "it says whether there is internet, not which"],
    ["phone", "phone_service", "exports use it for a phone number as well", "settles"],
    ["phone lines", "phone_service", "it may count lines", "settles"],
    ["id", "customer_id", "exports use id for a customer, a subscription, a ticket or a row"],
    ["requester external id|requester id|external id", "customer_id", perRow],
    ["household id|company id|organization id|organisation id|contact id|lead id", "customer_id", perRow],
    ["age group|age bracket|age band", "senior_citizen", "it holds groups of ages"],
  ];

interface Known {
  readonly keys: ReadonlySet<string>;
  readonly bags: ReadonlySet<string>;
  readonly name: DoubtfulName;
}

const byFeature = new Map<string, Known[]>();
for (const [names, feature, reason, settled] of table) {
  const texts = names.split("|").map((text) => normaliseHeader(text).words);
  const known = {
    keys: new Set(texts.map((words) => words.join(""))),
    bags: new Set(texts.map((words) => bagOf(readConcepts(words, false).concepts))),
    name: { feature, reason, settles: settled === "settles", unit: settled === "per_year" ? settled : null },
  };
  byFeature.set(feature, [...(byFeature.get(feature) ?? []), known]);
}

/**
 * What is doubtful about taking the header for the target, or null. `literally`: only the very names count, not their like;
 * `otherUnit`: the header has a unit that is not the target's, and is looked at without it.
 */
export function doubtOf(
  header: PreparedHeader,
  target: Target,
  { literally, otherUnit }: { literally: boolean; otherUnit: boolean },
): DoubtfulName | null {
  const known = byFeature.get(target.name);
  if (known === undefined) return null;
  const saysUnit = header.units.some((word) => unitMeaning(word) !== null);
  const same = known.find(({ keys }) => keys.has(header.full) || (!saysUnit && keys.has(header.key)));
  if (same !== undefined || literally || target.keys.has(header.key)) return same?.name ?? null;
  const { own, bare, core, bareUnitless } = header.bags(target.neutral);
  const bags = target.bags.has(own) || target.bags.has(bare) ? [own, bare] : [own, bare, core];
  if (otherUnit) bags.push(bareUnitless);
  return known.find((each) => bags.some((bag) => bag !== "" && each.bags.has(bag)))?.name ?? null;
}
