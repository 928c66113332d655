/** Units that values may be given in, as a person says them; the API's own names (`units` of a question) are the keys. */
const words: Readonly<Record<string, string>> = {
  months: "months",
  days: "days",
  weeks: "weeks",
  quarters: "quarters",
  years: "years",
  date: "dates on which the customer came",
  date_day_first: "dates, the day before the month (31/12/2026)",
  date_month_first: "dates, the month before the day (12/31/2026)",
  per_month: "an amount per month",
  per_day: "an amount per day",
  per_week: "an amount per week",
  per_quarter: "an amount per quarter",
  per_year: "an amount per year",
  cents: "cents, pennies or the like",
  cents_per_year: "cents per year",
  thousands: "thousands",
  per_interval: "an amount per billing interval, which another column says",
  currency: "an amount",
};

export function unitWords(unit: string): string {
  return words[unit] ?? unit.replaceAll("_", " ");
}
