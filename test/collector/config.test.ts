/** The collector's configuration says of every instrument what the catalogue says, and of nothing else. Needs no collector. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { catalogue, instruments } from "../../src/telemetry/catalogue.ts";
import { repository } from "../parts.ts";
import { collectorFiles } from "./collector.ts";
import { type Configuration, readConfiguration, readOverlay } from "./configuration.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
const sizes = ["Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes"];
const bits = ["Bits", "Kilobits", "Megabits", "Gigabits", "Terabits"];
const quantities = [...sizes, ...bits, "Count"];
const standardUnits = new Set(
  [
    ["Seconds", "Microseconds", "Milliseconds", "Percent", "None"],
    quantities,
    quantities.map((q) => `${q}/Second`),
  ].flat(),
);

/** Of https://aws-otel.github.io/docs/components: what production's image has. */
const adot = {
  extensions: ["health_check"],
  receivers: ["otlp"],
  processors: ["memory_limiter", "batch", "filter", "resource"],
  exporters: ["awsemf"],
};

interface Declared {
  readonly dimensions: readonly (readonly string[])[];
  readonly unit: string;
}

const typeOf = (component: string): string => component.split("/")[0]!;

/** "namespace name" → what the exporter of that namespace declares. A selector stands for one name: `^name$`, a dot as `[.]`. */
function declaredBy({ exporters }: Configuration): Record<string, Declared> {
  return Object.fromEntries(
    Object.values(exporters).flatMap(({ namespace, metric_declarations, metric_descriptors }) => {
      const names = metric_declarations.flatMap(({ metric_name_selectors }) => metric_name_selectors);
      assert.equal(new Set(names).size, names.length, `${namespace}: each name once`);
      const described = new Map(metric_descriptors.map((descriptor) => [descriptor.metric_name, descriptor]));
      assert.equal(described.size, metric_descriptors.length, `${namespace}: each descriptor once`);
      const declared = metric_declarations.flatMap(({ dimensions, metric_name_selectors }) =>
        metric_name_selectors.map((selector) => {
          assert.match(selector, /^\^[A-Za-z0-9_]+(\[\.\][a-z_]+)*\$$/);
          const name = selector.slice(1, -1).replaceAll("[.]", ".");
          const descriptor = described.get(name);
          assert.equal(descriptor?.overwrite, true, `${name}: its own unit would stay`);
          return [`${namespace} ${name}`, { dimensions, unit: descriptor!.unit }] as const;
        }),
      );
      assert.equal(declared.length, described.size, `${namespace}: as many descriptors as declarations`);
      return declared;
    }),
  );
}

const wanted: Record<string, Declared> = Object.fromEntries(
  instruments.map(({ namespace, name, dimension, cloudWatchUnit }) => [
    `${namespace} ${name}`,
    { dimensions: dimension === null ? [[]] : [[], [dimension]], unit: cloudWatchUnit },
  ]),
);

test("every instrument is declared with the empty dimension set, its own dimension and its unit, and nothing else is", () => {
  assert.ok(instruments.length > 40, `${instruments.length} instruments`);
  assert.deepEqual(declaredBy(readConfiguration()), wanted);
});

test("twin: an instrument renamed, a dimension more, another unit or one undeclared is seen", () => {
  const breaks: readonly ((text: string) => string)[] = [
    (text) => text.replaceAll("UploadSuccess", "UploadSuccesses"),
    (text) => text.replace("dimensions: [[], [Reason]]", "dimensions: [[], [Reason], [Stage]]"),
    (text) => text.replace("unit: Megabytes", "unit: Bytes"),
    (text) => text.replace(/^ *- \^UploadSuccess\$\n/m, "").replace(/^.*metric_name: UploadSuccess,.*\n/m, ""),
  ];
  const text = readFileSync(collectorFiles[0]!, "utf8");
  for (const broken of breaks.map((change) => change(text))) {
    assert.notEqual(broken, text);
    assert.throws(() => assert.deepEqual(declaredBy(readConfiguration(broken)), wanted), assert.AssertionError);
  }
});

test("every unit is one that CloudWatch has", () => {
  assert.equal(standardUnits.size, 27);
  const units = Object.values(declaredBy(readConfiguration())).map(({ unit }) => unit);
  assert.deepEqual(
    units.filter((unit) => !standardUnits.has(unit)),
    [],
  );
});

test("a namespace is a pipeline: its filter lets through that meter's instruments alone, its exporter is of that namespace", () => {
  const { service, processors, exporters } = readConfiguration();
  const namespaces = Object.values(service.pipelines).map(({ receivers, processors: steps, exporters: ends }) => {
    assert.deepEqual(receivers, ["otlp"]);
    assert.equal(ends.length, 1);
    const exporter = exporters[ends[0]!]!;
    const filter = steps[1]!;
    assert.deepEqual(steps, ["memory_limiter", filter, "resource", "batch"]);
    const { error_mode, metrics } = processors[filter]!;
    assert.equal(error_mode, "propagate");
    const [meter, names, ...more] = metrics!.metric;
    assert.equal(more.length, 0);
    assert.equal(meter, `instrumentation_scope.name != "${exporter.namespace}"`);
    const pattern = /^not IsMatch\(name, "\^\(([^"()]+)\)\$"\)$/.exec(names!)![1]!;
    assert.deepEqual(
      pattern.split("|").map((name) => name.replaceAll("[.]", ".")),
      instruments.filter(({ namespace }) => namespace === exporter.namespace).map(({ name }) => name),
    );
    return exporter.namespace;
  });
  assert.deepEqual(namespaces, Object.keys(catalogue));
  assert.equal(Object.keys(exporters).length, namespaces.length, "no exporter without a pipeline");
});

test("dimensions are those declared, first values are kept, and a resource makes no dimension", () => {
  const exporters = Object.values(readConfiguration().exporters);
  assert.ok(exporters.length > 0);
  for (const exporter of exporters) {
    assert.equal(exporter.dimension_rollup_option, "NoDimensionRollup");
    assert.equal(exporter.retain_initial_value_of_delta_metric, true);
    assert.equal(exporter.resource_to_telemetry_conversion.enabled, false);
    assert.equal(exporter.output_destination, undefined, "CloudWatch");
  }
});

test("it listens on loopback only, and asks for components that ADOT has", () => {
  const { extensions, receivers, processors, exporters, service } = readConfiguration();
  const endpoints = [...Object.values(extensions), ...Object.values(receivers.otlp.protocols)];
  assert.equal(endpoints.length, 2);
  for (const { endpoint } of endpoints) assert.match(endpoint, /^127\.0\.0\.1:/);
  for (const [kind, components] of Object.entries({ extensions, receivers, processors, exporters })) {
    const unknown = Object.keys(components).filter((name) => !adot[kind as keyof typeof adot].includes(typeOf(name)));
    assert.deepEqual(unknown, [], kind);
  }
  assert.deepEqual(service.extensions, ["health_check"]);
});

test("the local file changes where the records go and how long a batch waits, and no pipeline", () => {
  const { exporters } = readConfiguration();
  const local = Object.keys(exporters).map((name) => [name, { output_destination: "stdout", region: "local" }]);
  assert.deepEqual(readOverlay(), {
    processors: { batch: { timeout: "200ms" } },
    exporters: Object.fromEntries(local),
  });
});

test("what it takes from the environment without a default is what Terraform sets", () => {
  const asked = [...readFileSync(collectorFiles[0]!, "utf8").matchAll(/\$\{env:([A-Z_]+)\}/g)].map(([, name]) => name!);
  const terraform = readFileSync(join(repository, "terraform/collector.tf"), "utf8");
  const set = [...terraform.matchAll(/name = "([A-Z_]+)"/g)].map(([, name]) => name!);
  assert.deepEqual([...new Set(asked)].toSorted(), ["AWS_REGION", "RETAINWISE_METRICS_GROUP", "RETAINWISE_TASK"]);
  assert.deepEqual(
    asked.filter((name) => !set.includes(name)),
    [],
  );
});
