/**
 * `grafana/dashboard.json` against Grafana's own published types of a dashboard, its panels, their options and fields: no unknown name, no value
 * outside its list. Grafana itself runs nowhere here; that its queries find something is tried in test/prometheus.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { temporaryFolder } from "../front-door/cli.ts";
import { repository } from "../parts.ts";
import { after, test } from "../slow-test.ts";

const folder = temporaryFolder();
after(() => folder.remove());
symlinkSync(join(repository, "node_modules"), join(folder.path, "node_modules"));

interface Saved {
  readonly panels: readonly {
    readonly type: string;
    readonly options: object;
    readonly fieldConfig: { readonly defaults: { readonly custom?: object } };
  }[];
  readonly [key: string]: unknown;
}

/** In JSON a value of an enumeration is its text. */
const prelude = `
import type { DataQuery, Dashboard, Panel } from "@grafana/schema";
import type * as stat from "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type * as timeseries from "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";
type Plain<T> = T extends string ? \`\${T}\` : T extends number | boolean | null | undefined ? T
  : T extends readonly (infer Item)[] ? Plain<Item>[] : T extends object ? { [Key in keyof T]: Plain<T[Key]> } : T;
type DeepPartial<T> = T extends readonly (infer Item)[] ? DeepPartial<Item>[] : T extends object ? { [Key in keyof T]?: DeepPartial<T[Key]> } : T;
interface PrometheusQuery extends DataQuery { expr: string; legendFormat: string; instant?: boolean }
type Known<Options> = Plain<Omit<Panel, "targets" | "options">> & { targets: Plain<PrometheusQuery>[]; options: DeepPartial<Plain<Options>> };
`;

/** The compiler's complaints, each with the panel that it is about; empty: it is a dashboard of Grafana's. */
function complaints({ panels, ...dashboard }: Saved): string[] {
  const lines = panels.flatMap((panel) => {
    const custom = panel.fieldConfig.defaults.custom;
    return [
      `export const panel${lineNumber()}: Known<${panel.type}.Options> = ${JSON.stringify(panel)};`,
      ...(custom === undefined
        ? []
        : [`export const field${lineNumber()}: Plain<${panel.type}.FieldConfig> = ${JSON.stringify(custom)};`]),
    ];
  });
  const whole = `export const dashboard: Plain<Omit<Dashboard, "panels">> = ${JSON.stringify(dashboard)};`;
  writeFileSync(join(folder.path, "dashboard.ts"), `${prelude}${whole}\n${lines.join("\n")}\n`);
  const strict = ["--noEmit", "--strict", "--skipLibCheck", "--types", "", "--pretty", "false"];
  const modules = ["--module", "esnext", "--moduleResolution", "bundler", "--target", "es2022"];
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(repository, "node_modules/.bin/tsc"), ...strict, ...modules, "dashboard.ts"],
    { cwd: folder.path, encoding: "utf8" },
  );
  assert.equal(stderr, "");
  return stdout.split("\n").filter((line) => line.includes("error TS"));
}

let count = 0;
const lineNumber = (): number => count++;

const saved = JSON.parse(readFileSync(join(repository, "grafana/dashboard.json"), "utf8")) as Saved;

test("the dashboard is one of Grafana's", () => assert.deepEqual(complaints(saved), []));

test("a name that Grafana does not know, or a value outside of its list, is found out", () => {
  const text = JSON.stringify(saved);
  for (const [from, to] of [
    ['"drawStyle":"line"', '"drawStyle":"lines"'],
    ['"colorMode":"background"', '"colourMode":"background"'],
    ['"gridPos"', '"gridPosition"'],
    ['"mode":"absolute"', '"mode":"exact"'],
    ['"legendFormat"', '"legend"'],
    ['"placement":"bottom"', '"placement":"below"'],
    ['"timezone":"utc"', '"timezone":0'],
  ] as const) {
    assert.ok(text.includes(from), from);
    assert.notDeepEqual(complaints(JSON.parse(text.replace(from, to)) as Saved), [], to);
  }
});
