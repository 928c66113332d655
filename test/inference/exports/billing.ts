/** Exports of billing tools. */
import { cardNumberOf, codeOf, dayOf, makeExport, personOf, pick } from "./make-export.ts";

const money = (i: number) => (20 + ((i * 13) % 90) + 0.5).toFixed(2);
const split = (header: string) => header.split(",");

export const stripeCustomers = () =>
  makeExport(
    split(
      "id,Description,Email,Name,Created (UTC),Delinquent,Plan,Status,Total Spend,Payment Count,Refunded Volume,Dispute Losses,tag (metadata)",
    ),
    40,
    (i) => {
      const { first, last, email } = personOf(i);
      const plan = pick(["Basic", "Pro", "Team"], i);
      const spent = (Number(money(i)) * (1 + (i % 20))).toFixed(2);
      return [
        codeOf("cus_", i),
        `Customer of ${plan}, since long`,
        email,
        `${first} ${last}`,
        `${dayOf(i)} 09:14`,
        pick(["false", "false", "true"], i),
        plan,
        pick(["active", "past_due"], i),
        spent,
        String(1 + (i % 20)),
        "0.00",
        "0.00",
        "",
      ];
    },
  );

/** A customer may have several subscriptions: every fourth row is the customer of the row before. */
export const stripeSubscriptions = (intervals: readonly string[] = ["month", "month", "year"]) =>
  makeExport(
    split(
      "id,Customer ID,Customer Name,Customer Email,Status,Cancellation Reason,Amount,Interval,Created (UTC),Start (UTC),Start Date (UTC)," +
        "Current Period Start (UTC),Current Period End (UTC),Trial Start (UTC),Trial End (UTC),Canceled At (UTC),Ended At (UTC)," +
        "senderShopifyCustomerId (metadata)",
    ),
    40,
    (i) => {
      const owner = i % 4 === 3 ? i - 1 : i;
      const { first, last, email } = personOf(owner);
      const start = `${dayOf(i)} 12:00`;
      const left = i % 9 === 8;
      return [
        codeOf("sub_", i, 24),
        codeOf("cus_", owner),
        `${first} ${last}`,
        email,
        left ? "canceled" : "active",
        left ? "cancellation_requested" : "",
        money(i),
        pick(intervals, i),
        start,
        start,
        start,
        "2026-03-01 12:00",
        "2026-04-01 12:00",
        "",
        "",
        left ? "2026-02-11 08:00" : "",
        left ? "2026-03-01 12:00" : "",
        "",
      ];
    },
  );

export const stripePaymentData = (number: (i: number) => string = cardNumberOf) =>
  makeExport(
    split(
      "description,name,email,id,card.address_city,card.exp_month,card.exp_year,card.id,card.name,card.number,default_source,card.transaction_ids",
    ),
    30,
    (i) => {
      const { first, last, email } = personOf(i);
      const card = codeOf("card_", i, 24);
      return ["", `${first} ${last}`, email, codeOf("cus_", i)].concat(
        ["Tampere", String(1 + (i % 12)), "2029", card, `${first} ${last}`, number(i), card],
        [`{"visa":"${10_000_000 + i}"}`],
      );
    },
  );

export const chartMogulCustomers = () =>
  makeExport(
    split("MRR,ARR,PLAN_NAME,BILLING_CYCLE,NET_PAYMENTS,COUNTRY,STATE,CITY,ADDRESS_ZIP,SUBSCRIBER_SINCE,STATUS,UUID"),
    40,
    (i) => {
      const cents = 100 * Math.round(Number(money(i)));
      const both = i % 6 === 5;
      return [
        String(cents),
        String(12 * cents),
        both ? "Pro|Add-on seats" : "Pro",
        both ? "month|year" : pick(["month", "year"], i),
        String((cents / 100) * (1 + ((i * 7) % 60))),
        pick(["US", "DE", "FI"], i),
        "",
        "",
        String(10_000 + i),
        `${dayOf(i)}T00:00:00.000Z`,
        pick(["Active", "Past Due", "Cancelled", "New Lead"], i),
        `cus_${"0".repeat(28)}${String(1000 + i)}`,
      ];
    },
  );

export const chartMogulSubscriptions = () =>
  makeExport(
    split(
      "CUSTOMER_UUID,CUSTOMER_EXTERNAL_IDS,CUSTOMER_NAME,CUSTOMER_EMAIL,PRIMARY_CONTACT_EMAIL,CUSTOMER_COUNTRY,CUSTOMER_SUBSCRIPTION_ID," +
        "BILLING_CONNECTOR_NAME,BILLING_SYSTEM,PLAN_UUID,PLAN_NAME,QUANTITY,MRR,ARR,CURRENCY,BILLING_CURRENCY,INTERVAL_UNIT,INTERVAL_COUNT",
    ),
    40,
    (i) => {
      const { email, company } = personOf(i);
      const cents = 100 * Math.round(Number(money(i)));
      return [
        `cus_${"0".repeat(28)}${String(1000 + i)}`,
        i % 5 === 4 ? `ext${i}|ext${i}b` : `ext${i}`,
        company,
        email,
        email,
        pick(["US", "DE"], i),
        codeOf("sub_", i, 24),
        "Stripe EU",
        "Stripe",
        codeOf("pl_", i % 3),
        pick(["Basic", "Pro", "Team"], i),
        "1",
        String(cents),
        String(12 * cents),
        "USD",
        "USD",
        pick(["month", "year"], i),
        "1",
      ];
    },
  );

export const chargebeeSubscriptions = () =>
  makeExport(
    split(
      "id,payment_source_id,customer_id,business_entity_id,activated_at,auto_close_invoices,cancel_reason,cancel_reason_code," +
        "cancel_schedule_created_at,cancelled_at,changes_scheduled_at,channel,contract_term_billing_cycle_on_renewal",
    ),
    40,
    (i) =>
      [codeOf("", i, 16), codeOf("pm_", i, 16), codeOf("", i + 500, 16), "", `${dayOf(i)} 10:00:00`, "true"].concat([
        "",
        "",
        "",
        i % 7 === 6 ? "2027-01-01 00:00:00" : "",
        "",
        "web",
        "1",
      ]),
  );

/** One row for each subscription and month. */
export const chargebeeMrr = () =>
  makeExport(
    split(
      "customer_id,subscription_id,reporting_timezone,reporting_month,status,status_previous,billing_currency_code,mrr_billing_currency," +
        "mrr_previous_billing_currency,reporting_currency_code,exchange_rate",
    ),
    36,
    (i) => {
      const customer = Math.floor(i / 3);
      const mrr = money(customer);
      const month = `2026-0${1 + (i % 3)}`;
      return [codeOf("", customer, 16), codeOf("", customer + 500, 16), "UTC", month, "active", "active"].concat([
        "USD",
        mrr,
        mrr,
        "USD",
        "1.0",
      ]);
    },
  );

/** Only the name of the first column is known; accounts are often known by their e-mail address. */
export const recurlyAccounts = () =>
  makeExport(split("account_code,email,first_name,last_name,company_name,created_at"), 30, (i) => {
    const { first, last, email, company } = personOf(i);
    return [i % 3 === 2 ? email : `acct-${String(i).padStart(5, "0")}`, email, first, last, company, `${dayOf(i)} UTC`];
  });

export const revenueCat = () =>
  makeExport(
    split("rc_original_app_user_id,rc_last_seen_app_user_id_alias,country,country_source,store_transaction_id,price"),
    36,
    (i) => {
      const customer = `$RCAnonymousID:${codeOf("", Math.floor(i / 2), 32)}`;
      return [customer, customer, pick(["US", "BR"], i), "from_sdk", String(280_001_234_567_890 + i), "9.99"];
    },
    { quoteAll: true },
  );

/** The currency stands in the header. */
export const adminPanel = (intervals: readonly string[] = ["monthly", "monthly", "annual"]) =>
  makeExport(
    split(
      "Subscription ID,Customer Name,Customer Email,Plan,Interval,Amount USD,Status,Started At,Next Billing Date,Total Paid USD",
    ),
    40,
    (i) => {
      const { first, last, email } = personOf(i);
      const months = 1 + (i % 24);
      return [
        String(500_100 + i),
        `${first} ${last}`,
        email,
        pick(["Starter", "Growth"], i),
        pick(intervals, i),
        `$${money(i)}`,
        "active",
        dayOf(i),
        "2026-04-01",
        `$${(Number(money(i)) * months).toFixed(2)}`,
      ];
    },
    { end: "\r\n" },
  );
