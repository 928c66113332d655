import type { Target } from "./target.ts";

/** What a header may say beside a name without naming anything else. */
export interface NeutralWords {
  /** Adds nothing: the header still names the same. */
  readonly harmless: ReadonlySet<string>;
  /** Usually adds nothing: what is left is a guess. */
  readonly soft: ReadonlySet<string>;
  /** What means the same here and not elsewhere: a bill is a charge where money is meant, and paper where paper is. */
  readonly same: ReadonlyMap<string, string>;
}

const words = (harmless: string, soft: string, same: Readonly<Record<string, string>> = {}): NeutralWords => ({
  harmless: new Set(harmless.split(" ")),
  soft: new Set(`${harmless} ${soft}`.split(" ")),
  same: new Map(Object.entries(same)),
});

const money = { bill: "charge", billing: "charge" };
const tools =
  "stripe shopify hubspot salesforce zendesk chargebee recurly chartmogul paddle braintree intercom segment mixpanel amplitude braze zuora netsuite " +
  "pipedrive freshdesk sap oracle dynamics";
const byClass = {
  identifier: words(tools, "unique"),
  months: words("count customer current", "account time duration subscription id service membership marital network", {
    month: "months",
  }),
  monthlyMoney: words(
    "currency customer average recurring subscription current",
    "account plan service package type value amount payment",
    money,
  ),
  money: words("currency customer", "account amount value", money),
  amount: words("customer current", "account"),
  category: words("customer current type preferred", "account service home", { billing: "payment" }),
  flag: words(
    "customer current flag addon citizen",
    "account service plan subscription package enrolled product status type value 65 age home person",
    { billing: "bill" },
  ),
  known: words("customer", ""),
} as const;

/** By what the target is. */
export function neutralWords({ role, feature }: Pick<Target, "role" | "feature">): NeutralWords {
  if (feature === null) return role === "identifier" ? byClass.identifier : byClass.known;
  if (feature.kind !== "numeric") return feature.kind === "flag" ? byClass.flag : byClass.category;
  if (feature.unit === "months") return byClass.months;
  if (feature.unit === "currency_per_month") return byClass.monthlyMoney;
  return feature.unit === "currency" ? byClass.money : byClass.amount;
}

/** The concepts as the kind of target means them. */
export function conceptsFor(concepts: Iterable<string>, { same }: NeutralWords): Set<string> {
  const meant = new Set([...concepts].map((concept) => same.get(concept) ?? concept));
  // An amount that is charged is a charge.
  if (meant.has("charge")) meant.delete("amount");
  return meant;
}
