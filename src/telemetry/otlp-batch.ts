/**
 * One collection of metrics as the request that will be sent, serialised once: what waits is bytes and not the SDK's objects, so its size is
 * known, a repeated attempt sends the very same bytes, and later recordings cannot change it.
 * Source: OTLP 1.x, https://opentelemetry.io/docs/specs/otlp/
 */
import { gzipSync } from "node:zlib";
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";

export interface OtlpBatch {
  /** The request's body, compressed where that was chosen. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Datapoints in it: the unit in which losses are counted. */
  readonly dataPoints: number;
}

export interface OtlpForm {
  readonly protocol: "http/protobuf" | "http/json";
  readonly compression: "gzip" | "none";
}

/** Null where there is nothing to send. */
export function toOtlpBatch(metrics: ResourceMetrics, { protocol, compression }: OtlpForm): OtlpBatch | null {
  const dataPoints = countDataPoints(metrics);
  if (dataPoints === 0) return null;
  const bytes = serializers[protocol].serializeRequest(metrics);
  if (bytes === undefined) throw new TypeError("the serialiser gave no request");
  // Compression and protobuf may answer a view of a larger buffer, which would stay in memory with it: only a copy is as large as it says.
  const body = compression === "gzip" ? Uint8Array.from(gzipSync(bytes)) : Uint8Array.from(bytes);
  return { body, dataPoints };
}

/**
 * Datapoints that an accepting answer says were rejected. An answer that cannot be read rejects nothing: by its status the batch was taken.
 * What it says is held to what is possible.
 */
export function rejectedDataPoints(answer: Uint8Array, isJson: boolean, sent: number): number {
  try {
    const response = serializers[isJson ? "http/json" : "http/protobuf"].deserializeResponse(answer);
    const said = Number(response.partialSuccess?.rejectedDataPoints ?? 0); // protobuf's JSON writes an int64 as a string
    return Number.isFinite(said) ? Math.min(Math.max(Math.trunc(said), 0), sent) : 0;
  } catch {
    return 0;
  }
}

export function countDataPoints({ scopeMetrics }: ResourceMetrics): number {
  let sum = 0;
  for (const { metrics } of scopeMetrics) for (const { dataPoints } of metrics) sum += dataPoints.length;
  return sum;
}

const serializers = { "http/protobuf": ProtobufMetricsSerializer, "http/json": JsonMetricsSerializer };
