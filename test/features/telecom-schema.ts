import * as v from "valibot";
import { Schema } from "../../src/features/schema.ts";

/** A small telecom schema for the tests of this room: the shape of the shipped one, with fewer spellings. */
const internet = { code: 2, value: "No internet service", label: "no internet service", synonyms: ["none"] };
const phone = { code: 2, value: "No phone service", label: "no phone service", synonyms: [] };

function category(value: string, code: number, ...synonyms: string[]) {
  return { code, value, label: value.toLowerCase(), synonyms };
}

function common(name: string, label: string, synonyms: string, falseFriends = "") {
  return {
    name,
    label,
    description: label,
    required: false,
    actionable: true,
    group: "service",
    synonyms: synonyms === "" ? [] : synonyms.split("|"),
    false_friends: falseFriends === "" ? [] : falseFriends.split("|"),
  };
}

function flag(name: string, label: string, synonyms = "", falseFriends = "", third: object[] = []) {
  return {
    ...common(name, label, synonyms, falseFriends),
    kind: "flag",
    categories: [category("No", 0), category("Yes", 1), ...third],
    distribution: { missing: 0, shares: third.length === 0 ? [0.5, 0.5] : [0.4, 0.4, 0.2] },
  };
}

const quantiles = (values: number[]) => ({ missing: 0, quantiles: values });
const spread = (min: number, middle: number, max: number) =>
  Array.from({ length: 21 }, (_, i) =>
    i <= 10 ? min + ((middle - min) * i) / 10 : middle + ((max - middle) * (i - 10)) / 10,
  );

const shares = (n: number) => ({ missing: 0, shares: new Array<number>(n).fill(1 / n) });

export const telecomSchema: Schema = v.parse(Schema, {
  schema_version: 1,
  name: "telecom",
  version: "1.0.0",
  title: "Telecom",
  description: "Test schema",
  input: "input",
  output: "probabilities",
  tiers: { high: 0.6, medium: 0.3 },
  features: [
    {
      ...common(
        "tenure_months",
        "Tenure",
        "tenure|months|tenure in months|months on book|months in service|months active|subscription length|account age|months since signup|meses contrato",
        "age|contract length",
      ),
      kind: "numeric",
      required: true,
      unit: "months",
      integer: true,
      allowed: { min: 0, max: 1200 },
      expected: { min: 0, max: 72 },
      distribution: quantiles(spread(0, 29, 72)),
    },
    {
      ...common(
        "monthly_charges",
        "Monthly charge",
        "monthly charge|monthly fee|monthly revenue|monthly spend|mrr|mrr amount|mrr billing currency|bill avg|arpu|plan price|avg spend",
        "charge amount|estimated salary|total day charge|total intl charge|avg monthly long distance charges|avg monthly gb download",
      ),
      kind: "numeric",
      required: true,
      unit: "currency_per_month",
      integer: false,
      allowed: { min: 0, max: 1_000_000 },
      expected: { min: 18.25, max: 118.75 },
      distribution: quantiles(spread(18.25, 70.35, 118.75)),
    },
    {
      ...common(
        "contract",
        "Contract",
        "contract type|contract term|agreement|subscription term|contrat",
        "plan|plan type|tier|subscription type|contact",
      ),
      kind: "category",
      required: true,
      categories: [
        category("Month-to-month", 0, "monthly", "mensal", "1 month"),
        category("One year", 1, "annual", "yearly", "12 months", "um ano", "1 year"),
        category("Two year", 2, "two years", "24 months", "dois anos", "2 year"),
      ],
      distribution: shares(3),
    },
    {
      ...common(
        "total_charges",
        "Total charges",
        "total charge|total spend|total spent|total revenue|lifetime value|ltv|customer value|lifetime charges|total invoiced|all time charges",
        "total long distance charges|total refunds|total extra data charges|total day charge",
      ),
      kind: "numeric",
      unit: "currency",
      integer: false,
      allowed: { min: 0, max: 100_000_000 },
      expected: { min: 18.8, max: 8684.8 },
      distribution: quantiles(spread(18.8, 1397, 8684)),
    },
    {
      ...common(
        "payment_method",
        "Payment method",
        "payment type|payment mode|billing method|billing type|preferred payment mode|metodo pagamento",
        "card type|card brand",
      ),
      kind: "category",
      categories: [
        category("Electronic check", 0),
        category("Mailed check", 1),
        category("Bank transfer", 2, "bank transfer (automatic)"),
        category("Credit card", 3, "credit card (automatic)", "CC"),
      ],
      distribution: shares(4),
    },
    {
      ...common("internet_service", "Internet service", "internet type|internet|broadband|service internet", ""),
      kind: "category",
      categories: [
        category("DSL", 0),
        category("Fiber optic", 1, "fiber", "fibre"),
        category("No", 2, "none", "no internet service"),
      ],
      distribution: shares(3),
    },
    flag("senior_citizen", "Senior citizen", "senior|senior flag|age 65 plus|is elderly|idoso"),
    flag(
      "partner",
      "Partner",
      "has partner|marital status|married|relationship status",
      "referral source|partner account",
    ),
    flag("dependents", "Dependents", "has dependents|children|has children"),
    flag("phone_service", "Phone service", "phone", "phone number"),
    flag("multiple_lines", "Multiple lines", "", "", [phone]),
    flag("online_security", "Online security", "security|cybersecurity|seguranca online", "", [internet]),
    flag("online_backup", "Online backup", "backup", "", [internet]),
    flag("device_protection", "Device protection", "device protection plan", "", [internet]),
    flag(
      "tech_support",
      "Tech support",
      "technical support|premium support|premium tech support|suporte tecnico",
      "support|support calls|customer service calls",
      [internet],
    ),
    flag("streaming_tv", "Streaming TV", "", "", [internet]),
    flag("streaming_movies", "Streaming movies", "", "", [internet]),
    flag("paperless_billing", "Paperless billing", "paperless|e billing|digital billing|fatura online"),
  ],
  known_columns: [
    {
      name: "customer_id",
      label: "Customer id",
      role: "identifier",
      synonyms:
        "client id|account id|subscriber id|member id|record id|account number|customer ref|customer uuid|id cliente|clientnum|$distinct_id".split(
          "|",
        ),
      false_friends: ["case order", "row number"],
    },
    {
      name: "churn_label",
      label: "Churn",
      role: "label",
      synonyms: ["churn label", "churn value", "churned", "churn flag", "customer status", "attrition flag"],
      false_friends: [],
    },
    {
      name: "churn_hindsight",
      label: "Known only after the customer left",
      role: "leakage",
      synonyms: [
        "churn score",
        "cltv",
        "churn reason",
        "churn category",
        "cancelled at",
        "canceled at (utc)",
        "ai risk score",
        "risk level",
      ],
      false_friends: [],
    },
    { name: "gender", label: "Gender", role: "context", synonyms: ["sex"], false_friends: [] },
    { name: "age", label: "Age", role: "context", synonyms: ["customer age", "age in years"], false_friends: [] },
    {
      name: "plan",
      label: "Plan",
      role: "context",
      synonyms: ["plan name", "subscription type", "tier"],
      false_friends: [],
    },
  ],
  training: { rows: 7043, churn_rate: 0.265, mean_raw_score: -1.5, mean_confidence: 0.8, confidence_margin: 0.05 },
});
