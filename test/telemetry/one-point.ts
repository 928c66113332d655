/** A collection with one counter of `points` datapoints, whose first value says which collection it was. */
import { ValueType } from "@opentelemetry/api";
import { emptyResource } from "@opentelemetry/resources";
import { AggregationTemporality, DataPointType, type ResourceMetrics } from "@opentelemetry/sdk-metrics";

export function collection(value: number, points = 1): ResourceMetrics {
  return {
    resource: emptyResource(),
    scopeMetrics: [
      {
        scope: { name: "RetainWise/Test" },
        metrics: [
          {
            descriptor: { name: "Done", description: "", unit: "1", valueType: ValueType.INT },
            aggregationTemporality: AggregationTemporality.DELTA,
            dataPointType: DataPointType.SUM,
            isMonotonic: true,
            dataPoints: Array.from({ length: points }, (_, i) => ({
              startTime: [value, 0],
              endTime: [value + 1, 0],
              attributes: points === 1 ? {} : { i },
              value,
            })),
          },
        ],
      },
    ],
  };
}

interface Request {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] };
    readonly scopeMetrics: readonly {
      readonly scope: { readonly name: string };
      readonly metrics: readonly Metric[];
    }[];
  }[];
}
export interface Metric {
  readonly name: string;
  readonly sum?: {
    readonly aggregationTemporality: number;
    readonly dataPoints: readonly { asInt?: number; asDouble?: number }[];
  };
  readonly exponentialHistogram?: {
    readonly aggregationTemporality: number;
    readonly dataPoints: readonly { count: number; positive: { bucketCounts: readonly number[] } }[];
  };
}

export const parseRequest = (body: Uint8Array): Request => JSON.parse(new TextDecoder().decode(body)) as Request;

export const metricsOf = (body: Uint8Array): Metric[] =>
  parseRequest(body).resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));

/** All values of the counter `name`, in the order of the requests. */
export const valuesOf = (bodies: readonly Uint8Array[], name = "Done"): number[] =>
  bodies
    .flatMap(metricsOf)
    .filter((metric) => metric.name === name)
    .flatMap((metric) => metric.sum?.dataPoints ?? [])
    .map(({ asInt, asDouble }) => Number(asInt ?? asDouble));
