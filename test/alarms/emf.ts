/**
 * One line of CloudWatch's embedded metric format as metrics and datapoints.
 *
 * Sources: "Specification: Embedded metric format" in the CloudWatch user guide, for the root node, the directives, the dimension sets and
 * the limits; the collector's awsemf exporter for what it writes beyond it: distributions as `{Values, Counts, Max, Min, Count, Sum}`,
 * statistic sets as `{Max, Min, Count, Sum}`, and, with `version: "0"`, the members of `_aws` on the root node with the timestamp as a string.
 */
import * as v from "valibot";
import type { Datapoint, Distribution } from "./datapoint.ts";
import { standardUnits } from "./standard-units.ts";

const most = { metrics: 100, members: 100, dimensions: 30 };

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(1024));
const finite = v.pipe(v.number(), v.finite());
const counted = v.pipe(v.number(), v.finite(), v.minValue(0));

const Directive = v.object({
  Namespace: text,
  Dimensions: v.pipe(v.array(v.pipe(v.array(text), v.maxLength(most.dimensions))), v.minLength(1)),
  Metrics: v.pipe(
    v.array(
      v.object({
        Name: text,
        Unit: v.optional(
          v.pipe(
            v.string(),
            v.check((unit) => standardUnits.has(unit), "is no unit of CloudWatch"),
          ),
        ),
        StorageResolution: v.optional(v.picklist([1, 60]), 60),
      }),
    ),
    v.minLength(1),
    v.maxLength(most.metrics),
  ),
});
const Directives = v.pipe(v.array(Directive), v.minLength(1));
const milliseconds = v.pipe(v.number(), v.integer(), v.minValue(0));

const Current = v.looseObject({ _aws: v.looseObject({ CloudWatchMetrics: Directives, Timestamp: milliseconds }) });
const VersionZero = v.looseObject({
  Version: v.literal("0"),
  CloudWatchMetrics: Directives,
  Timestamp: v.pipe(v.union([v.string(), v.number()]), v.transform(Number), milliseconds),
});

const statisticSet = { Max: finite, Min: finite, Count: counted, Sum: finite };
const members = v.pipe(v.array(finite), v.maxLength(most.members));
const Values = v.strictObject({ Values: members, Counts: members, ...statisticSet });
const StatisticSet = v.strictObject(statisticSet);

/** One metric of one record. */
export interface EmfMetric {
  readonly namespace: string;
  readonly name: string;
  /** Absent where CloudWatch takes its default, None. */
  readonly unit: string | undefined;
  /** Names, one list a dimension set; the values are in `fields`. */
  readonly dimensionSets: readonly (readonly string[])[];
  readonly value: number | Distribution;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly storageResolution: 1 | 60;
  /** Every root member of the record but its metadata: dimensions, attributes and metrics. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Every metric of the record. Throws, with what is wrong, on anything that CloudWatch would not take. */
export function metricsOfEmf(line: string): EmfMetric[] {
  const { root: fields, directives, at } = readRoot(line);
  return directives.flatMap(({ Namespace: namespace, Dimensions: dimensionSets, Metrics }) => {
    for (const name of dimensionSets.flat()) readDimension(name, fields[name]);
    return Metrics.map(({ Name: name, Unit: unit, StorageResolution: storageResolution }) => {
      const value = readValue(name, fields[name]);
      return { namespace, name, unit, dimensionSets, value, at, storageResolution, fields };
    });
  });
}

/** The same, once for each of its dimension sets. */
export function datapointsOfEmf(line: string): Datapoint[] {
  return metricsOfEmf(line).flatMap(({ dimensionSets, fields, unit = "None", ...metric }) =>
    dimensionSets.map((names) => ({
      ...metric,
      unit,
      dimensions: Object.fromEntries(names.map((name) => [name, String(fields[name])])),
    })),
  );
}

function readRoot(line: string) {
  const root: unknown = (() => {
    try {
      return JSON.parse(line);
    } catch (cause) {
      throw new Error(`EMF: not JSON: ${line.slice(0, 120)}`, { cause });
    }
  })();
  if (typeof root !== "object" || root === null || Array.isArray(root)) throw new Error("EMF: not a JSON object");
  if ("_aws" in root) {
    const { _aws, ...rest } = check(Current, root, "record");
    return { root: rest as Record<string, unknown>, directives: _aws.CloudWatchMetrics, at: _aws.Timestamp };
  }
  if ("CloudWatchMetrics" in root) {
    const read = check(VersionZero, root, "record of version 0");
    return { root: read as Record<string, unknown>, directives: read.CloudWatchMetrics, at: read.Timestamp };
  }
  throw new Error(
    `EMF: neither _aws nor CloudWatchMetrics, so CloudWatch takes no metric from it: ${line.slice(0, 120)}`,
  );
}

function readValue(name: string, value: unknown): number | Distribution {
  if (value === undefined) throw new Error(`EMF: metric ${name} has no value`);
  if (typeof value === "number") return check(finite, value, name);
  if (Array.isArray(value)) {
    const values = check(v.pipe(members, v.minLength(1)), value, name);
    return distribution(
      values,
      values.map(() => 1),
      summary(values),
    );
  }
  if (typeof value === "object" && value !== null && "Values" in value) {
    const { Values: values, Counts: counts, ...set } = check(Values, value, name);
    if (values.length !== counts.length)
      throw new Error(`EMF: metric ${name} has ${values.length} Values and ${counts.length} Counts`);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total !== set.Count) throw new Error(`EMF: metric ${name} has a Count of ${set.Count} and Counts of ${total}`);
    return distribution(values, counts, set);
  }
  return fromSet(check(StatisticSet, value, name));
}

function readDimension(name: string, value: unknown): void {
  if (typeof value !== "string") throw new Error(`EMF: dimension ${name} is ${JSON.stringify(value)} and not a string`);
  check(text, value, `dimension ${name}`);
}

type Set = v.InferOutput<typeof StatisticSet>;

function distribution(values: readonly number[], counts: readonly number[], set: Set): Distribution {
  return { ...fromSet(set), observed: values.map((value, i) => ({ value, count: counts[i]! })) };
}

function fromSet({ Max: max, Min: min, Count: count, Sum: sum }: Set): Distribution {
  return { max, min, count, sum };
}

function summary(values: readonly number[]): Set {
  const sum = values.reduce((total, value) => total + value, 0);
  return { Max: Math.max(...values), Min: Math.min(...values), Count: values.length, Sum: sum };
}

function check<S extends v.GenericSchema>(schema: S, value: unknown, of: string): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issues = result.issues.map((issue) => `${v.getDotPath(issue) ?? ""} ${issue.message}`.trim());
  throw new Error(`EMF: ${of}: ${issues.join("; ")}`);
}
