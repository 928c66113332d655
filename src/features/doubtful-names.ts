/** A name that well-known exports use for something that may or may not be the feature. */
export interface DoubtfulName {
  /** Feature (or known column) that it might be. */
  readonly feature: string;
  /** What may be wrong, for a person. */
  readonly reason: string;
  /** Whether values as in training settle it. */
  readonly settles: boolean;
}

const interval = "it says how often is billed, which is not how long the customer is bound";
const table: readonly (readonly [keys: string, feature: string, reason: string, settles?: true])[] = [
  ["mrr", "monthly_charges", "some exports (ChartMogul) give MRR in cents", true],
  ["arr arramount acv", "monthly_charges", "it is an amount per year"],
  [
    "amount amountusd amounteur amountgbp price",
    "monthly_charges",
    "the amount may be per month, per year or per interval",
  ],
  ["actualamountpaid amountpaid lastpayment", "monthly_charges", "a payment may cover more or less than a month"],
  ["totalrevenue revenue", "total_charges", "revenue may hold refunds and extras beside the charges"],
  ["totaltransamt totaltransactionamount", "total_charges", "it may cover the last 12 months only"],
  ["customerage accountageyears subscriptionage", "tenure_months", "it may be a person's age, or be in years"],
  [
    "billingfrequency billingcycle billinginterval billingperiod paymentfrequency interval intervalunit intervalcount",
    "contract",
    interval,
  ],
  ["paymentplandays plandays", "contract", "it is a number of days, not a contract term"],
  [
    "paymentmethodid paymentmethodcode paymentcode",
    "payment_method",
    "it holds codes whose meaning the file does not say",
  ],
  ["defaultsource", "payment_method", "it is the id of a payment source"],
  ["hasinternet internetflag", "internet_service", "it says whether there is internet, not which"],
  ["id", "customer_id", "exports use id for a customer, a subscription, a ticket or a row"],
  [
    "requesterexternalid requesterid userid",
    "customer_id",
    "the file may have one row per ticket or event, not per customer",
  ],
  ["agegroup agebracket", "senior_citizen", "it holds groups of ages"],
];

const byKey = new Map<string, DoubtfulName[]>();
for (const [keys, feature, reason, settles] of table) {
  for (const key of keys.split(" ")) {
    byKey.set(key, [...(byKey.get(key) ?? []), { feature, reason, settles: settles ?? false }]);
  }
}

/** What is doubtful about taking the header (by its key) for the feature, or null. */
export function doubtOf(key: string, feature: string): DoubtfulName | null {
  return byKey.get(key)?.find((each) => each.feature === feature) ?? null;
}
