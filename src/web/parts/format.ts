/** Numbers as a person reads them. The pages are in English, whatever the machine's own setting is. */
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const percentage = new Intl.NumberFormat("en", {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const signed = new Intl.NumberFormat("en", {
  signDisplay: "exceptZero",
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});
const units = ["B", "kB", "MB", "GB"] as const;

/** 7043 → "7,043" */
export const count = (value: number): string => whole.format(value);

/** 0.2653 → "26.5%" */
export const percent = (share: number): string => percentage.format(share);

/** Log-odds, with their sign: −0.4419 → "-0.44" */
export const logOdds = (value: number): string => signed.format(value);

/** "1 customer", "7,043 customers" */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** 970457 → "970 kB" */
export function bytes(value: number): string {
  const power = value === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${count(value / 1_000 ** power)} ${units[power]}`;
}

/** 4.23 → "4.2 s", 640 → "11 minutes" */
export function seconds(value: number): string {
  if (value < 120) return `${value.toFixed(value < 10 ? 1 : 0)} s`;
  return value < 7_200 ? counted(Math.round(value / 60), "minute") : counted(Math.round(value / 3_600), "hour");
}
