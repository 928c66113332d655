/** What the tools of customer-success people export (FIELD.md) goes the whole way: a right mapping, the right question, never a score in silence. */
import assert from "node:assert/strict";
import { test } from "../slow-test.ts";
import * as billing from "./exports/billing.ts";
import * as crm from "./exports/crm.ts";
import { type Export, writeExport } from "./exports/make-export.ts";
import * as usage from "./exports/usage.ts";
import { scoreBytes } from "./score-bytes.ts";
import { loadTelecom } from "./telecom-model.ts";

const model = await loadTelecom();

interface Expected {
  readonly file: Export;
  /** Feature or the customer's id → column that is used. */
  readonly mapped: Readonly<Record<string, string>>;
  /** What is asked → the columns that are proposed; none = "this file has no …". */
  readonly asked: Readonly<Record<string, readonly string[]>>;
  /** Columns that may hold the customer's id, where that is doubtful. */
  readonly idDoubt?: string;
  /** What the rows are told to be. */
  readonly subject?: RegExp;
  /** `preamble_skipped` and the like. */
  readonly issues?: readonly string[];
}

const none: readonly string[] = [];
const expectations: Readonly<Record<string, Expected>> = {
  "Stripe, customers": {
    file: billing.stripeCustomers(),
    mapped: { total_charges: "Total Spend" },
    asked: { tenure_months: ["Created (UTC)"], monthly_charges: none, contract: none },
    idDoubt: "id",
  },
  "Stripe, subscriptions": {
    file: billing.stripeSubscriptions(),
    mapped: { customer_id: "Customer ID" },
    asked: {
      tenure_months: ["Created (UTC)", "Start (UTC)", "Start Date (UTC)"],
      monthly_charges: ["Amount"],
      contract: ["Interval"],
    },
  },
  "Shopify, customers": {
    file: crm.shopifyCustomers(),
    mapped: { customer_id: "Customer ID", total_charges: "Total Spent" },
    asked: { tenure_months: none, monthly_charges: none, contract: none },
  },
  "Shopify, customers, older form": {
    file: crm.shopifyCustomersOlder(),
    mapped: { customer_id: "Customer ID", total_charges: "Total Spent" },
    asked: { tenure_months: none, monthly_charges: none, contract: none },
  },
  "HubSpot, contacts": {
    file: crm.hubspotContacts(),
    mapped: { customer_id: "Record ID" },
    asked: { tenure_months: ["Create Date"], monthly_charges: none, contract: none },
  },
  "HubSpot, contacts, UTF-16 with tabs": {
    file: crm.hubspotContacts("utf-16 tab"),
    mapped: { customer_id: "Record ID" },
    asked: { tenure_months: ["Create Date"], monthly_charges: none, contract: none },
  },
  "HubSpot, companies": {
    file: crm.hubspotCompanies(),
    mapped: { customer_id: "Record ID" },
    asked: { tenure_months: ["Create Date"], monthly_charges: none, contract: none },
  },
  "HubSpot, deals": {
    file: crm.hubspotDeals(),
    mapped: {},
    asked: { tenure_months: none, monthly_charges: ["Amount"], contract: none },
    idDoubt: "Record ID",
    subject: /deals/,
  },
  "Salesforce, report of accounts": {
    file: crm.salesforceAccounts(),
    mapped: { customer_id: "Account ID" },
    asked: { tenure_months: none, monthly_charges: none, contract: none },
  },
  "Salesforce, report of contacts": {
    file: crm.salesforceContacts(),
    mapped: {},
    asked: { tenure_months: none, monthly_charges: none, contract: none },
    subject: /^"Account Name" names 21 customers in 40 rows/,
  },
  "Zendesk, tickets": {
    file: crm.zendeskTickets(),
    mapped: {},
    asked: { tenure_months: ["Created at"], monthly_charges: none, contract: none },
    idDoubt: "Id",
    subject: /support tickets/,
  },
  "Zendesk, users": {
    file: crm.zendeskUsers(),
    mapped: {},
    asked: { tenure_months: ["created_at"], monthly_charges: none, contract: none },
    idDoubt: "id",
  },
  "ChartMogul, customers": {
    file: billing.chartMogulCustomers(),
    mapped: { total_charges: "NET_PAYMENTS" },
    asked: { tenure_months: ["SUBSCRIBER_SINCE"], monthly_charges: ["MRR", "ARR"], contract: ["BILLING_CYCLE"] },
    idDoubt: "UUID",
  },
  "ChartMogul, subscriptions": {
    file: billing.chartMogulSubscriptions(),
    mapped: {},
    asked: { tenure_months: none, monthly_charges: ["MRR", "ARR"], contract: ["INTERVAL_UNIT"] },
    idDoubt: "CUSTOMER_UUID",
    subject: /^"CUSTOMER_NAME" names 21 customers in 40 rows/,
  },
  "Chargebee, subscriptions": {
    file: billing.chargebeeSubscriptions(),
    mapped: { customer_id: "customer_id" },
    asked: { tenure_months: ["activated_at"], monthly_charges: none, contract: none },
  },
  "Chargebee, MRR summary": {
    file: billing.chargebeeMrr(),
    mapped: { customer_id: "customer_id", monthly_charges: "mrr_billing_currency" },
    asked: { tenure_months: none, contract: none },
    subject: /months of subscriptions/,
  },
  "Recurly, accounts": {
    file: billing.recurlyAccounts(),
    mapped: { customer_id: "account_code" },
    asked: { tenure_months: ["created_at"], monthly_charges: none, contract: none },
  },
  "Intercom, users": {
    file: usage.intercomUsers(),
    mapped: {},
    asked: { tenure_months: ["Signed up"], monthly_charges: none, contract: none },
  },
  "Intercom, names of its API": {
    file: usage.intercomApi(),
    mapped: { customer_id: "user_id" },
    asked: { tenure_months: ["created_at", "signed_up_at"], monthly_charges: none, contract: none },
  },
  "Mixpanel, profiles": {
    file: usage.mixpanelProfiles(),
    mapped: { customer_id: "$distinct_id" },
    asked: { tenure_months: ["$created"], monthly_charges: none, contract: none },
  },
  "Amplitude, cohort": {
    file: usage.amplitudeCohort(),
    mapped: { customer_id: "user_id" },
    asked: { tenure_months: none, monthly_charges: none, contract: none },
    issues: ["preamble_skipped"],
  },
  "Braze, segment": {
    file: usage.brazeSegment(),
    mapped: { customer_id: "user_id" },
    asked: { tenure_months: ["created_at"], monthly_charges: none, contract: none },
  },
  RevenueCat: {
    file: billing.revenueCat(),
    mapped: { customer_id: "rc_original_app_user_id" },
    asked: { tenure_months: none, monthly_charges: ["price"], contract: none },
    subject: /payments/,
  },
  "a panel of one's own": {
    file: billing.adminPanel(),
    mapped: { total_charges: "Total Paid USD" },
    asked: { tenure_months: ["Started At"], monthly_charges: ["Amount USD"], contract: ["Interval"] },
  },
};

const inputs = new Set([...model.schema.features.map(({ name }) => name), "customer_id"]);

for (const [tool, expected] of Object.entries(expectations)) {
  test(`${tool}: what is sure is mapped, the rest is asked, and nothing is scored`, async () => {
    const { report, predictions, rejections } = await scoreBytes(model, writeExport(expected.file), { explain: false });
    const { mapping, questions, issues } = report.report;
    assert.deepEqual([predictions.length, rejections.length], [0, 0]);
    assert.equal(report.blocked?.code, "required_columns_missing");
    const used = mapping.filter(({ feature }) => inputs.has(feature)).map(({ feature, column }) => [feature, column]);
    assert.deepEqual(Object.fromEntries(used), expected.mapped);
    assert.deepEqual(Object.fromEntries(questions.map(({ feature, columns }) => [feature, columns])), expected.asked);
    for (const { feature, columns, question } of questions) {
      const label = model.schema.features.find(({ name }) => name === feature)!.label;
      if (columns.length === 0) {
        assert.match(question, /^This file seems to have no column for /);
        assert.match(report.blocked!.detail, new RegExp(`no column for [^.]*${label}`));
      } else assert.ok(question.includes(JSON.stringify(columns[0])), question);
      assert.ok(question.includes(`mapping {"${feature}": `), "and says what to do");
    }
    const dated = questions.find(({ feature, columns }) => feature === "tenure_months" && columns.length > 0);
    assert.match(dated?.question ?? "as_of (yyyy-mm-dd)", /as_of \(yyyy-mm-dd\)/);
    const doubted = issues.filter(({ code }) => code === "mapping_doubtful");
    assert.deepEqual(
      doubted.map(({ feature, column }) => [feature, column]),
      expected.idDoubt === undefined ? [] : [["customer_id", expected.idDoubt]],
      "nothing is asked that would change nothing",
    );
    const subject = issues.find(({ code }) => code === "rows_not_customers")?.message ?? "";
    assert.match(subject, expected.subject ?? /^$/);
    for (const code of expected.issues ?? [])
      assert.ok(
        issues.some((issue) => issue.code === code),
        code,
      );
  });
}

test("no message about an export shows a phone number or an e-mail address of a customer", async () => {
  for (const { file } of Object.values(expectations)) {
    const { report } = await scoreBytes(model, writeExport(file), { explain: false });
    // The samples of a column are its owner's own values, shown to nobody else and in no message.
    const messages = JSON.stringify(report, (key, value) => (key === "column_samples" ? undefined : value));
    assert.doesNotMatch(messages, /555 01|example\.com/);
  }
});
