/**
 * OpenTelemetry's own variables, as its specification has them, read from the environment that `config.ts` passes. Where the specification
 * would go on with a default after a wrong value, this says what is wrong: metrics that silently go nowhere are worse than a start refused.
 * Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter/ and .../configuration/sdk-environment-variables/
 */
import * as v from "valibot";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";

const day = 86_400_000;
const wholeMilliseconds = `must be a whole number of milliseconds from 1 to ${day}`;
const Milliseconds = v.pipe(
  v.string(),
  v.digits(wholeMilliseconds),
  v.transform(Number),
  v.minValue(1, wholeMilliseconds),
  v.maxValue(day, wholeMilliseconds),
);
const Endpoint = v.pipe(
  v.string(),
  v.check(isWebAddress, "must be an address such as http://localhost:4318"),
  v.check(
    (url) => new URL(url).username === "" && new URL(url).password === "",
    "must hold no login: put credentials into OTEL_EXPORTER_OTLP_HEADERS",
  ),
);
const Protocol = v.pipe(
  v.string(),
  v.check(
    (protocol) => protocol !== "grpc",
    "grpc is not spoken here: set it to http/protobuf, and the endpoint to the backend's port for OTLP over HTTP, usually 4318",
  ),
  v.picklist(["http/protobuf", "http/json"], "must be http/protobuf or http/json"),
);
const Compression = v.picklist(["gzip", "none"], "must be gzip or none");
const pairs = "must be name=value pairs with commas between, percent-encoded where a value holds a comma or %";
const Pairs = v.pipe(v.string(), v.rawTransform(parsePairs));
const Headers = v.pipe(
  Pairs,
  v.check(areHeaders, "must be names and values that HTTP takes as headers (the values are not shown here)"),
);
const probe = "must be a whole number of seconds from 1 to 3600";

const Environment = v.object({
  OTEL_EXPORTER_OTLP_ENDPOINT: v.optional(Endpoint),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: v.optional(Endpoint),
  OTEL_EXPORTER_OTLP_HEADERS: v.optional(Headers, ""),
  OTEL_EXPORTER_OTLP_METRICS_HEADERS: v.optional(Headers, ""),
  OTEL_EXPORTER_OTLP_TIMEOUT: v.optional(Milliseconds, String(limits.telemetryRequestMilliseconds)),
  OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: v.optional(Milliseconds),
  OTEL_EXPORTER_OTLP_COMPRESSION: v.optional(Compression, "none"),
  OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: v.optional(Compression),
  OTEL_EXPORTER_OTLP_PROTOCOL: v.optional(Protocol),
  OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: v.optional(Protocol),
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: v.optional(
    v.pipe(
      v.string(),
      v.toLowerCase(),
      v.picklist(["delta", "cumulative", "lowmemory"], "must be delta, cumulative or lowmemory"),
    ),
    "delta",
  ),
  OTEL_METRIC_EXPORT_INTERVAL: v.optional(Milliseconds, String(limits.telemetryIntervalMilliseconds)),
  OTEL_METRIC_EXPORT_TIMEOUT: v.optional(Milliseconds),
  OTEL_SERVICE_NAME: v.optional(v.string()),
  OTEL_RESOURCE_ATTRIBUTES: v.optional(Pairs, ""),
  /** How long the breaker stays open before one request may look whether the backend is back. */
  RETAINWISE_TELEMETRY_PROBE_SECONDS: v.optional(
    v.pipe(v.string(), v.digits(probe), v.transform(Number), v.minValue(1, probe), v.maxValue(3_600, probe)),
    String(limits.telemetryProbeSeconds),
  ),
});

export interface TelemetryConfig {
  /** Where metrics are posted, the path included. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly protocol: "http/protobuf" | "http/json";
  readonly compression: "gzip" | "none";
  readonly temporality: "delta" | "cumulative" | "lowmemory";
  readonly intervalMilliseconds: number;
  readonly collectMilliseconds: number;
  readonly requestMilliseconds: number;
  readonly probeMilliseconds: number;
  /** Null: `retainwise-` and the role. */
  readonly serviceName: string | null;
  readonly resourceAttributes: Readonly<Record<string, string>>;
}

/** Null where metrics are off: no endpoint, or switched off. `environment` holds no empty values. Errors: `config_invalid`. */
export function readTelemetryConfig(environment: Readonly<Record<string, string | undefined>>): TelemetryConfig | null {
  const { OTEL_SDK_DISABLED: disabled, OTEL_METRICS_EXPORTER: exporter } = environment;
  const endpoint = environment["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] ?? environment["OTEL_EXPORTER_OTLP_ENDPOINT"];
  if (endpoint === undefined || disabled?.toLowerCase() === "true" || exporter === "none") return null;
  if (exporter !== undefined && exporter !== "otlp") {
    throw new RetainWiseError("config_invalid", "OTEL_METRICS_EXPORTER: must be otlp, or none to switch metrics off.");
  }
  const result = v.safeParse(Environment, environment);
  if (!result.success) {
    const issue = result.issues[0];
    throw new RetainWiseError("config_invalid", `${v.getDotPath(issue)}: ${issue.message}.`);
  }
  const set = result.output;
  const interval = set.OTEL_METRIC_EXPORT_INTERVAL;
  const collect = set.OTEL_METRIC_EXPORT_TIMEOUT ?? Math.min(limits.telemetryCollectMilliseconds, interval);
  if (collect > interval) {
    throw new RetainWiseError(
      "config_invalid",
      "OTEL_METRIC_EXPORT_TIMEOUT: must not be longer than OTEL_METRIC_EXPORT_INTERVAL, which is 60000 where it is not set.",
    );
  }
  return {
    url: set.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT ?? metricsAddress(set.OTEL_EXPORTER_OTLP_ENDPOINT ?? endpoint),
    headers: { ...set.OTEL_EXPORTER_OTLP_HEADERS, ...set.OTEL_EXPORTER_OTLP_METRICS_HEADERS },
    protocol: set.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL ?? set.OTEL_EXPORTER_OTLP_PROTOCOL ?? "http/protobuf",
    compression: set.OTEL_EXPORTER_OTLP_METRICS_COMPRESSION ?? set.OTEL_EXPORTER_OTLP_COMPRESSION,
    temporality: set.OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE,
    intervalMilliseconds: interval,
    collectMilliseconds: collect,
    requestMilliseconds: set.OTEL_EXPORTER_OTLP_METRICS_TIMEOUT ?? set.OTEL_EXPORTER_OTLP_TIMEOUT,
    probeMilliseconds: set.RETAINWISE_TELEMETRY_PROBE_SECONDS * 1_000,
    serviceName: set.OTEL_SERVICE_NAME ?? null,
    resourceAttributes: set.OTEL_RESOURCE_ATTRIBUTES,
  };
}

/** The general endpoint is a base: each signal has its path below it. */
function metricsAddress(base: string): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.endsWith("/") ? url.pathname : `${url.pathname}/`}v1/metrics`;
  return url.href;
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function parsePairs({ dataset, addIssue, NEVER }: v.RawTransformContext<string>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const part of dataset.value.split(",")) {
    if (part.trim() === "") continue;
    const mark = part.indexOf("=");
    const [name, value] = [decode(part.slice(0, mark)), decode(part.slice(mark + 1))];
    if (mark < 1 || name === null || name === "" || value === null) {
      addIssue({ message: pairs });
      return NEVER;
    }
    found[name] = value;
  }
  return found;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return null;
  }
}

function areHeaders(headers: Readonly<Record<string, string>>): boolean {
  try {
    new globalThis.Headers(headers);
    return true;
  } catch {
    return false;
  }
}
