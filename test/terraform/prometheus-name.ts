/**
 * The name that Prometheus's OTLP receiver gives an instrument, with its default translation (UnderscoreEscapingWithSuffixes): what is no letter,
 * digit or underscore becomes one, the unit is spelled out at the end unless it is in braces, a counter ends in _total.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
export function prometheusName({ name, unit, kind }: { name: string; unit: string; kind: string }): string {
  const [main = "", per] = unit.split("/");
  const spelled = [
    ...(main.startsWith("{") ? [] : [words[main]]),
    ...(per === undefined ? [] : [`per_${perWords[per]}`]),
    ...(main === "1" && kind === "gauge" ? ["ratio"] : []),
    ...(kind === "counter" ? ["total"] : []),
  ].filter((word) => word !== "");
  if (spelled.some((word) => word === undefined || word === "per_undefined"))
    throw new Error(`unit ${unit} of ${name}`);
  return [name.replaceAll(/[^A-Za-z0-9_:]/g, "_"), ...spelled].join("_");
}

const words: Readonly<Record<string, string>> = { s: "seconds", MBy: "megabytes", "1": "" };
const perWords: Readonly<Record<string, string>> = { s: "second" };
