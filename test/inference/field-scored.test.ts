/** Exports of FIELD.md with the columns that the model needs, added or confirmed: every customer is scored, known by the very id of the export. */
import assert from "node:assert/strict";
import { test } from "../slow-test.ts";
import * as billing from "./exports/billing.ts";
import * as crm from "./exports/crm.ts";
import { dayOf, type Export, withColumns, writeExport } from "./exports/make-export.ts";
import * as usage from "./exports/usage.ts";
import { scoreBytes } from "./score-bytes.ts";
import { loadTelecom } from "./telecom-model.ts";

const model = await loadTelecom();
const needed = (file: Export) =>
  withColumns(file, {
    "Tenure in months": (i) => String(1 + ((i * 7) % 60)),
    "Monthly charge": (i) => (20 + ((i * 13) % 90) + 0.5).toFixed(2),
    Contract: (i) => ["Month-to-month", "One year", "Two year"][i % 3]!,
  });
const cells = ({ header, rows }: Export, column: string) => rows.map((row) => row[header.indexOf(column)]!);
const issueOf = (scored: Awaited<ReturnType<typeof scoreBytes>>, code: string) =>
  scored.end!.report.issues.find((issue) => issue.code === code);

type Case = [tool: string, file: Export, id: string | null, isFound: boolean];
const cases: Case[] = [
  ["Stripe, customers", billing.stripeCustomers(), "id", false],
  ["Stripe, subscriptions", billing.stripeSubscriptions(), "Customer ID", true],
  ["Shopify, customers", crm.shopifyCustomers(), "Customer ID", true],
  ["Shopify, older form", crm.shopifyCustomersOlder(), "Customer ID", true],
  ["HubSpot, contacts", crm.hubspotContacts(), "Record ID", true],
  ["HubSpot, UTF-16 with tabs", crm.hubspotContacts("utf-16 tab"), "Record ID", true],
  ["HubSpot, deals", crm.hubspotDeals(), "Record ID", false],
  ["Salesforce, accounts", crm.salesforceAccounts(), "Account ID", true],
  ["Salesforce, contacts", crm.salesforceContacts(), null, true],
  ["Zendesk, tickets", crm.zendeskTickets(), "Requester external id", false],
  ["Zendesk, users", crm.zendeskUsers(), "id", false],
  ["ChartMogul, customers", billing.chartMogulCustomers(), "UUID", false],
  ["ChartMogul, subscriptions", billing.chartMogulSubscriptions(), "CUSTOMER_UUID", false],
  ["Chargebee, subscriptions", billing.chargebeeSubscriptions(), "customer_id", true],
  ["Recurly, accounts", billing.recurlyAccounts(), "account_code", true],
  ["Intercom, users", usage.intercomUsers(), "Email", false],
  ["Intercom, names of its API", usage.intercomApi(), "user_id", true],
  ["Mixpanel, profiles", usage.mixpanelProfiles(), "$distinct_id", true],
  ["Amplitude, cohort", usage.amplitudeCohort(), "user_id", true],
  ["Braze, segment", usage.brazeSegment(), "user_id", true],
  ["RevenueCat", billing.revenueCat(), "rc_original_app_user_id", true],
  ["a panel of one's own", billing.adminPanel(), "Subscription ID", false],
];

for (const [tool, file, id, isFound] of cases) {
  test(`${tool}: with the columns that the model needs every row is scored, under its own id`, async () => {
    const mapping = id === null || isFound ? {} : { mapping: { customer_id: id } };
    const scored = await scoreBytes(model, writeExport(needed(file)), { ...mapping, explain: false });
    assert.equal(scored.report.blocked, null, JSON.stringify(scored.report.report.questions));
    assert.deepEqual(scored.rejections, []);
    const ids = id === null ? file.rows.map(() => null) : cells(file, id).map((cell) => cell.replace(/^'/, ""));
    assert.deepEqual(
      scored.predictions.map(({ customerId }) => customerId),
      ids,
    );
    const repeated = id === null ? 0 : ids.length - new Set(ids).size;
    assert.equal(issueOf(scored, "duplicate_customer_id")?.count ?? 0, repeated);
  });
}

test("the two forms of one export score the same", async () => {
  const scores = async (form: "utf-8" | "utf-16 tab") =>
    (await scoreBytes(model, writeExport(needed(crm.hubspotContacts(form))), { explain: false })).predictions.map(
      ({ customerId, probability }) => [customerId, probability],
    );
  assert.deepEqual(await scores("utf-16 tab"), await scores("utf-8"));
});

test("the three footers of a Salesforce report are dropped and counted", async () => {
  for (const file of [crm.salesforceAccounts(), crm.salesforceContacts()]) {
    const scored = await scoreBytes(model, writeExport(needed(file)), { explain: false });
    assert.equal(scored.predictions.length, 40);
    assert.equal(issueOf(scored, "footer_row")?.count, 3);
  }
});

test("repeated customers are scored row by row, counted, and told what to do about", async () => {
  const scored = await scoreBytes(model, writeExport(needed(billing.stripeSubscriptions())), { explain: false });
  assert.equal(scored.predictions.length, 40);
  const issue = issueOf(scored, "duplicate_customer_id")!;
  assert.deepEqual([issue.severity, issue.count], ["warning", 10]);
  assert.match(issue.message, /nothing is added up.*one row per customer/);
});

test("ids that a spreadsheet has destroyed are named, and what became the same is counted", async () => {
  const { header, rows, style } = needed(crm.shopifyCustomers());
  const mangled = rows.map((row) => [`${(Number(row[0]!.slice(1)) / 1e12).toFixed(2)}E+12`, ...row.slice(1)]);
  const scored = await scoreBytes(model, writeExport({ header, rows: mangled, style }), { explain: false });
  assert.equal(scored.predictions.length, 40);
  assert.equal(issueOf(scored, "id_mangled_by_spreadsheet")?.count, 40);
  assert.equal(issueOf(scored, "duplicate_customer_id")?.count, 39);
  assert.equal(scored.predictions[0]!.customerId, "7.21E+12", "as it came, never a number");
});

const asOf = "2026-03-15";
const answer = (tenure: string, amount: string, contract: string) => ({
  mapping: { tenure_months: tenure, monthly_charges: amount, contract },
  asOf,
  explain: false,
});

test("a panel of one's own is scored once its three columns are confirmed, in the currency of the header", async () => {
  const file = billing.adminPanel(["monthly"]);
  const scored = await scoreBytes(model, writeExport(file), answer("Started At", "Amount USD", "Interval"));
  assert.equal(scored.report.blocked, null, JSON.stringify(scored.report));
  assert.deepEqual([scored.predictions.length, scored.rejections.length], [40, 0]);
  assert.equal(scored.predictions[0]!.values[monthlyAt], Number(cells(file, "Amount USD")[0]!.slice(1)));
});

const monthlyAt = model.schema.features.findIndex(({ name }) => name === "monthly_charges");
const charges = ({ predictions }: Awaited<ReturnType<typeof scoreBytes>>) =>
  predictions.map(({ values }) => values[monthlyAt]!);
const near = (found: readonly number[], expected: readonly number[]) => {
  assert.equal(found.length, expected.length);
  for (const [i, value] of found.entries())
    assert.ok(Math.abs(value - expected[i]!) < 1e-5, `${i}: ${value} for ${expected[i]}`);
};

test("amounts billed by the month and by the year are asked about though confirmed, then each is divided by its interval", async () => {
  const table = billing.stripeSubscriptions();
  const file = writeExport(table);
  const confirmed = answer("Created (UTC)", "Amount", "Interval");
  const asked = await scoreBytes(model, file, confirmed);
  assert.equal(asked.predictions.length, 0);
  assert.deepEqual(
    asked.report.report.questions.map(({ feature }) => feature),
    ["monthly_charges"],
  );
  const { question } = asked.report.report.questions[0]!;
  assert.match(question, /\("month", "year"\).*"per_interval".*"per_month"/);
  assert.ok(asked.report.report.issues.some(({ code }) => code === "billing_interval"));
  const divided = await scoreBytes(model, file, { ...confirmed, units: { monthly_charges: "per_interval" } });
  const amounts = cells(table, "Amount").map(Number);
  const months = cells(table, "Interval").map((interval) => (interval === "year" ? 12 : 1));
  near(
    charges(divided),
    amounts.map((amount, i) => amount / months[i]!),
  );
  const entry = divided.report.report.mapping.find(({ feature }) => feature === "monthly_charges");
  assert.match(entry?.transform ?? "", /divided by the months of the billing interval in its row \("month", "year"\)/);
  const said = await scoreBytes(model, file, { ...confirmed, units: { monthly_charges: "per_month" } });
  near(charges(said), amounts);
});

test("an interval may have a count; a row whose interval is unknown is set aside, and amounts far off are told", async () => {
  const file = (intervals: readonly string[], amount = "120.00") =>
    writeExport(
      withColumns(needed(billing.recurlyAccounts()), {
        Amount: () => amount,
        "Interval unit": (i) => intervals[i % intervals.length]!,
        "Interval count": (i) => String(1 + (i % 2)),
      }),
    );
  const options = {
    mapping: { monthly_charges: "Amount" },
    units: { monthly_charges: "per_interval" },
    explain: false,
  };
  const scored = await scoreBytes(model, file(["month", "year", "quarter", "lifetime"]), options);
  near(charges(scored).slice(0, 3), [120, 5, 40]);
  assert.deepEqual([...new Set(scored.rejections.map(({ errorCode }) => errorCode))], ["unknown_interval"]);
  assert.equal(scored.predictions.length + scored.rejections.length, 30);
  assert.match(scored.rejections[0]!.error, /"lifetime" does not say for how many months/);
  const cents = await scoreBytes(model, file(["month", "year"], "120000"), options);
  assert.ok(cents.report.report.issues.some(({ code, column }) => code === "mapping_doubtful" && column === "Amount"));
  const without = await scoreBytes(
    model,
    writeExport(withColumns(needed(billing.recurlyAccounts()), { Amount: () => "120" })),
    options,
  );
  assert.match(without.report.report.questions[0]!.question, /no other column says for how long each amount is/);
});

test("amounts all billed by the year are asked about though confirmed", async () => {
  const confirmed = answer("Created (UTC)", "Amount", "Interval");
  const yearly = writeExport(billing.stripeSubscriptions(["year"]));
  assert.equal((await scoreBytes(model, yearly, confirmed)).predictions.length, 0);
  const scored = await scoreBytes(model, yearly, { ...confirmed, units: { monthly_charges: "per_year" } });
  near(charges(scored).slice(0, 1), [20.5 / 12]);
});

test("cents of ChartMogul and its two forms of a date become money and months", async () => {
  const scored = await scoreBytes(model, writeExport(billing.chartMogulCustomers()), {
    ...answer("SUBSCRIBER_SINCE", "MRR", "BILLING_CYCLE"),
    units: { monthly_charges: "cents" },
  });
  assert.equal(scored.predictions[0]!.values[monthlyAt], 21);
  const joined = scored.rejections.map(({ errorCode, source }) => [errorCode, source.includes("month|year")]);
  assert.deepEqual(
    new Set(joined.map(String)),
    new Set(["unknown_category,true"]),
    "two cycles in one cell are no contract",
  );
  assert.equal(scored.predictions.length + joined.length, 40);
});

test("an export's dates become months up to as_of in whatever form it writes them", async () => {
  const files: [file: Export, column: string][] = [
    [billing.stripeCustomers(), "Created (UTC)"],
    [crm.hubspotContacts(), "Create Date"],
    [billing.chartMogulCustomers(), "SUBSCRIBER_SINCE"],
    [billing.chargebeeSubscriptions(), "activated_at"],
    [billing.recurlyAccounts(), "created_at"],
    [usage.mixpanelProfiles(), "$created"],
    [usage.brazeSegment(), "created_at"],
    [usage.intercomUsers(), "Signed up"],
    [usage.intercomApi(), "created_at"],
    [crm.zendeskUsers(), "created_at"],
  ];
  for (const [file, column] of files) {
    const { header, rows, style } = needed(file);
    const without = { header: header.map((name) => (name === "Tenure in months" ? "memo" : name)), rows, style };
    const options = { mapping: { tenure_months: column }, asOf, explain: false };
    const scored = await scoreBytes(model, writeExport(without), options);
    assert.deepEqual([scored.report.blocked, scored.rejections], [null, []], column);
    const months = (day: string) =>
      (2026 - Number(day.slice(0, 4))) * 12 + 3 - Number(day.slice(5, 7)) - (day.slice(8) > "15" ? 1 : 0);
    const found = scored.predictions.map(({ values }) => values[0]);
    assert.deepEqual(
      found,
      file.rows.map((_, i) => months(dayOf(i))),
      column,
    );
  }
});

test("customers who have left already are counted and told, and not taken for the outcome", async () => {
  const scored = await scoreBytes(model, writeExport(needed(billing.chartMogulCustomers())), { explain: false });
  const issue = issueOf(scored, "customers_left")!;
  assert.deepEqual([issue.severity, issue.column, issue.count], ["warning", "STATUS", 10]);
  assert.equal(scored.predictions.length, 40);
  const panel = await scoreBytes(model, writeExport(needed(billing.adminPanel())), { explain: false });
  assert.equal(issueOf(panel, "customers_left"), undefined);
});

test("a currency of the header that is not the one of the amounts is an error and not a number", async () => {
  const { header, rows, style } = billing.adminPanel(["monthly"]);
  const file = (sign: string) =>
    writeExport({ header, style, rows: rows.map((row) => row.map((cell) => cell.replace("$", sign))) });
  const confirmed = answer("Started At", "Amount USD", "Interval");
  const asked = await scoreBytes(model, file("€"), confirmed);
  assert.equal(asked.predictions.length, 0);
  const errors = asked.report.report.issues.filter(({ code }) => code === "mixed_currencies");
  assert.deepEqual(
    errors.map(({ column }) => column),
    ["Amount USD", "Total Paid USD"],
  );
  assert.match(errors[0]!.message, /its name says USD, and its amounts are in EUR/);
  assert.equal((await scoreBytes(model, file("US$"), confirmed)).predictions.length, 40);
});
