/** The units that CloudWatch knows; any other makes an EMF record invalid ("MetricDatum" in the API reference; the schema in "Specification: Embedded metric format"). */
const sizes = ["Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes"];
const bits = ["Bits", "Kilobits", "Megabits", "Gigabits", "Terabits"];
const rates = [...sizes, ...bits, "Count"].map((unit) => `${unit}/Second`);

export const standardUnits: ReadonlySet<string> = new Set([
  ...["Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "None"],
  ...sizes,
  ...bits,
  ...rates,
]);
