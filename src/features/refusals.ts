import type { PreparedHeader } from "./prepare-headers.ts";
import type { Target } from "./target.ts";

/** A column that looks like a feature (or the customer's id) and is not. */
export interface Refusal {
  readonly feature: string;
  readonly column: string;
  /** Why it is not taken, for a person. */
  readonly reason: string;
}

/** `beside` "" = whatever stands beside it. */
type Rule = readonly [features: string, words: string, beside: string, reason: string];

const plan = "a plan, tier or package says what is sold, not how long the customer is bound";
const ofContract = "it tells something else of the contract than its term";
const part = "it is only one part of what the customer pays";
const usage = "it counts usage, which is no money";
const contacts = "it counts contacts with support, and does not say whether tech support was bought";
const trade = "it speaks of a business partner or a channel, not of a person's partner";
const rules: readonly Rule[] = [
  ["contract", "plan tier package product edition level license rate subscription segment category program", "", plan],
  ["contract", "id value status start end date owner name", "contract", ofContract],
  [
    "payment_method",
    "card brand network",
    "",
    "a card's brand or type says who issued the card, not how the customer pays",
  ],
  ["payment_method", "", "payment", "it tells something else of the payments than the method"],
  ["tenure_months", "age", "", "an age is that of a person or a device, unless the file says otherwise"],
  ["tenure_months", "", "month days years", "it counts to or from another event than the customer's start"],
  [
    "tenure_months",
    "duration term",
    "contract",
    "it is how long the contract binds, not how long the customer has been there",
  ],
  [
    "tech_support",
    "calls call tickets ticket case cases hours minutes issue issues rating customer",
    "support",
    contacts,
  ],
  ["tech_support", "support", "", "it does not say which support, or whether it was bought"],
  ["monthly_charges total_charges", "income salary", "", "it is what the person earns, not what is charged"],
  ["monthly_charges", "revenue", "", "revenue may be per month, per year or since the start, with or without refunds"],
  ["monthly_charges total_charges", "refund refunds discount discounts", "", "it is money given back or left out"],
  ["monthly_charges total_charges", "minutes data usage calls logins visits orders tickets gb", "", usage],
  ["monthly_charges total_charges", "", "charge", part],
  ["total_charges", "cltv predicted", "", "it is a prediction of another model"],
  ["partner", "", "partner", trade],
  ["partner", "channel referral source", "", trade],
  ["customer_id", "number row index interaction case id ticket", "", "it numbers something else than customers"],
  ["phone_service", "", "phone", "it is a phone's number or model, and does not say whether phone service was bought"],
  ["senior_citizen", "age", "", "it is an age, and does not say who is a senior"],
];

const compiled = rules.map(([features, words, beside, reason]) => ({
  features: new Set(features.split(" ")),
  words: words.split(" ").filter((word) => word !== ""),
  beside: beside.split(" ").filter((word) => word !== ""),
  reason,
}));

/** Why the header is refused as the target, when it is one of the target's known false friends; otherwise null. */
export function refusalOf(header: PreparedHeader, target: Target): string | null {
  if (!isFalseFriend(header, target)) return null;
  const { concepts } = header.read;
  const has = (words: readonly string[]) => words.length === 0 || words.some((word) => concepts.has(word));
  const rule = compiled.find((each) => each.features.has(target.name) && has(each.words) && has(each.beside));
  return rule?.reason ?? `it looks like "${target.label}", and is known to mean something else`;
}

/** Named like a thing that looks like the target and is not; a spelling of the target itself never is. */
export function isFalseFriend(header: PreparedHeader, target: Target): boolean {
  const { key, full } = header;
  if (target.keys.has(key) || target.keys.has(full)) return false;
  if (target.falseFriends.has(key) || target.falseFriends.has(full)) return true;
  const { own, bare } = header.bags(target.neutral);
  return (target.falseBags.has(own) || target.falseBags.has(bare)) && !target.bags.has(own);
}
