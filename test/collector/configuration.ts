/** The collector's two files as the collector reads them, so far as a test asks. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { collectorFiles } from "./collector.ts";

export interface Configuration {
  readonly extensions: Readonly<Record<string, { readonly endpoint: string }>>;
  readonly receivers: {
    readonly otlp: { readonly protocols: Readonly<Record<string, { readonly endpoint: string }>> };
  };
  readonly processors: Readonly<Record<string, Filter>> & { readonly batch: { readonly timeout: string } };
  readonly exporters: Readonly<Record<string, EmfExporter>>;
  readonly service: {
    readonly extensions: readonly string[];
    readonly pipelines: Readonly<Record<string, Pipeline>>;
  };
}

export interface Filter {
  readonly error_mode?: string;
  readonly metrics?: { readonly metric: readonly string[] };
}

export interface EmfExporter {
  readonly namespace: string;
  readonly region: string;
  readonly log_group_name: string;
  readonly log_stream_name: string;
  readonly output_destination?: string;
  readonly dimension_rollup_option: string;
  readonly retain_initial_value_of_delta_metric: boolean;
  readonly resource_to_telemetry_conversion: { readonly enabled: boolean };
  readonly metric_declarations: readonly {
    readonly dimensions: readonly (readonly string[])[];
    readonly metric_name_selectors: readonly string[];
  }[];
  readonly metric_descriptors: readonly {
    readonly metric_name: string;
    readonly unit: string;
    readonly overwrite: boolean;
  }[];
}

export interface Pipeline {
  readonly receivers: readonly string[];
  readonly processors: readonly string[];
  readonly exporters: readonly string[];
}

/** `collector/config.yaml`, or a changed text of it. */
export function readConfiguration(text = readFileSync(collectorFiles[0]!, "utf8")): Configuration {
  return parse(text) as Configuration;
}

/** `collector/config.local.yaml`, which says only what differs. */
export function readOverlay(): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return parse(readFileSync(collectorFiles[1]!, "utf8"));
}
