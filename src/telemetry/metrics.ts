/** The catalogue's instruments as typed objects, one a component. What is measured and what it may be told apart by is checked by the compiler. */
import type { Attributes, Meter } from "@opentelemetry/api";
import { type AttributeValues, type Catalogue, catalogue, type Instrument, type Namespace } from "./catalogue.ts";

type NamesOf<N extends Namespace, Kind extends Instrument["kind"]> = {
  [Name in keyof Catalogue[N]]: Catalogue[N][Name] extends { kind: Kind } ? Name & string : never;
}[keyof Catalogue[N]];
type ValueOf<Values> = Values extends readonly (infer Value)[] ? Value : string | number;
type AttributesOf<N extends Namespace, Name extends keyof Catalogue[N]> = Catalogue[N][Name] extends {
  attributes: infer A;
}
  ? { readonly [Key in keyof A]: ValueOf<A[Key]> }
  : never;
/** Nothing to give where an instrument has no attributes. */
type Given<A> = keyof A extends never ? [] : [attributes: A];

export interface ComponentMetrics<N extends Namespace> {
  /** Counts one. */
  count<Name extends NamesOf<N, "counter">>(name: Name, ...given: Given<AttributesOf<N, Name>>): void;
  /** Counts `amount`, a whole number from 0. */
  add<Name extends NamesOf<N, "counter">>(name: Name, amount: number, ...given: Given<AttributesOf<N, Name>>): void;
  /** One value in the instrument's unit. */
  record<Name extends NamesOf<N, "histogram">>(name: Name, value: number, ...given: Given<AttributesOf<N, Name>>): void;
  /** `read` is asked at every export. */
  observe(name: NamesOf<N, "gauge">, read: () => number): void;
}

export interface Metrics {
  readonly api: ComponentMetrics<"RetainWise/API">;
  readonly worker: ComponentMetrics<"RetainWise/Worker">;
  readonly database: ComponentMetrics<"RetainWise/Database">;
  readonly pipeline: ComponentMetrics<"RetainWise/MLPipeline">;
}

/** `meterOf` gives the meter of a namespace. Counters that alarms read begin with 0. */
export function createMetrics(meterOf: (namespace: Namespace) => Meter): Metrics {
  const component = <N extends Namespace>(namespace: N) =>
    createComponent(meterOf(namespace), catalogue[namespace]) as ComponentMetrics<N>;
  return {
    api: component("RetainWise/API"),
    worker: component("RetainWise/Worker"),
    database: component("RetainWise/Database"),
    pipeline: component("RetainWise/MLPipeline"),
  };
}

/** Where nothing is exported: costs a call. */
export const noMetrics: Metrics = (() => {
  const nothing = { count: ignore, add: ignore, record: ignore, observe: ignore };
  return { api: nothing, worker: nothing, database: nothing, pipeline: nothing };
})();

function ignore(): void {}

function createComponent(meter: Meter, entries: Readonly<Record<string, Instrument>>) {
  const adds: Record<string, (value: number, attributes?: Attributes) => void> = {};
  const records: typeof adds = {};
  const reads: Record<string, (read: () => number) => void> = {};
  for (const [name, { kind, unit, description, attributes, alarmed }] of Object.entries(entries)) {
    const bounded = boundValues(attributes);
    if (kind === "counter") {
      const counter = meter.createCounter(name, { unit, description });
      adds[name] = (value, given) => counter.add(value, bounded(given));
      if (alarmed) counter.add(0);
    } else if (kind === "histogram") {
      const histogram = meter.createHistogram(name, { unit, description });
      records[name] = (value, given) => histogram.record(value, bounded(given));
    } else {
      const gauge = meter.createObservableGauge(name, { unit, description });
      reads[name] = (read) => gauge.addCallback((result) => result.observe(read()));
    }
  }
  return {
    count: (name: string, attributes?: Attributes) => adds[name]!(1, attributes),
    add: (name: string, amount: number, attributes?: Attributes) => adds[name]!(amount, attributes),
    record: (name: string, value: number, attributes?: Attributes) => records[name]!(value, attributes),
    observe: (name: string, read: () => number) => reads[name]!(read),
  };
}

/** Values known at run only: the first `most` are kept apart, so that the number of series is bounded whatever comes. */
function boundValues(
  attributes: Readonly<Record<string, AttributeValues>>,
): (given: Attributes | undefined) => Attributes | undefined {
  const open = Object.entries(attributes).flatMap(([key, values]) =>
    "most" in values ? [{ key, most: values.most, seen: new Set<unknown>() }] : [],
  );
  if (open.length === 0) return (given) => given;
  return (given) => {
    let result = given;
    for (const { key, most, seen } of open) {
      const value = given?.[key];
      if (seen.has(value)) continue;
      if (seen.size < most) seen.add(value);
      else result = { ...result, [key]: "other" };
    }
    return result;
  };
}
