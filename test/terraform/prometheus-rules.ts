/** `prometheus/rules.yaml`, read as far as its own plain layout goes; that it is YAML which Prometheus takes, promtool says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../parts.ts";

export interface Rule {
  readonly name: string;
  readonly severity: string;
  readonly expression: string;
  /** `for`; empty where there is none. */
  readonly lasting: string;
  readonly annotations: Readonly<Record<string, string>>;
}

export const rulesFile = join(repository, "prometheus/rules.yaml");

export function readRules(): readonly Rule[] {
  return readFileSync(rulesFile, "utf8")
    .split(/^ {6}- alert: /m)
    .slice(1)
    .map((text) => {
      const lines = text.split("\n");
      const value = (key: string) =>
        lines
          .find((line) => line.startsWith(`        ${key}: `))
          ?.split(": ")
          .slice(1)
          .join(": ");
      const expression = lines.filter((line) => /^ {10}[^ ]/.test(line) && !/^ {10}[a-z]+: "/.test(line));
      const annotations = lines.flatMap((line) => {
        const found = /^ {10}([a-z]+): (".*")$/.exec(line);
        return found === null ? [] : [[found[1]!, JSON.parse(found[2]!) as string]];
      });
      return {
        name: lines[0]!,
        severity: /severity: (\w+)/.exec(value("labels") ?? "")?.[1] ?? "",
        expression: expression.map((line) => line.trim()).join(" "),
        lasting: value("for") ?? "",
        annotations: Object.fromEntries(annotations) as Record<string, string>,
      };
    });
}

/** Metrics that a PromQL expression names. */
export function metricsOf(expression: string): string[] {
  const bare = expression
    .replaceAll(/\{[^}]*\}/g, "")
    .replaceAll(/\[[^\]]*\]/g, "")
    .replaceAll(/\bby \([^)]*\)/g, "");
  const names = bare.match(/[A-Za-z_:][A-Za-z0-9_:]*(?![A-Za-z0-9_:]| *\()/g) ?? [];
  return [...new Set(names.filter((name) => !["and", "or", "by"].includes(name)))].toSorted();
}
