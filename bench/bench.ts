/** `bun run bench NAME [options]`: measures against a named peer in the same run, prints ratios, writes bench/results/NAME.json. */
import process from "node:process";

const names = ["score", "jobs", "api", "metrics", "explain", "outage", "mapper", "parse", "pages"] as const;
const [name, ...options] = process.argv.slice(2);
if (name === "score") await (await import("./score.ts")).benchScore(options);
else if (name === "jobs") await (await import("./jobs.ts")).benchJobs(options);
else if (name === "api") await (await import("./api.ts")).benchApi(options);
else if (name === "explain") await (await import("./explain.ts")).benchExplain(options);
else if (name === "metrics") await (await import("./metrics.ts")).benchMetrics(options);
else if (name === "outage") await (await import("./outage.ts")).benchOutage(options);
else if (name === "mapper") await (await import("./mapper.ts")).benchMapper(options);
else if (name === "parse") await (await import("./parse.ts")).benchParse(options);
else if (name === "pages") await (await import("./pages.ts")).benchPages(options);
else {
  process.stderr.write(`bun run bench takes one of: ${names.join(", ")}\n`);
  process.exit(2);
}
