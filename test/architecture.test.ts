/** Keeps the house: what may import what, what may be named where, how long a file may be, and that the code map tells the truth. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

interface Source {
  readonly path: string;
  readonly room: string;
  readonly text: string;
  /** The text without comments and string contents that could fool a search for names. */
  readonly code: string;
}

/** Room → rooms whose values it may import. Types may come from anywhere: they leave no arrow in what runs. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  csv: [],
  features: ["csv"],
  shap: [],
  model: ["aws", "csv", "features", "shap"],
  inference: ["csv", "features", "shap", "model", "runtime"],
  aws: [],
  queue: ["aws", "store"],
  store: ["aws"],
  identity: [],
  jobs: ["queue"],
  canary: [],
  telemetry: [],
  runtime: [],
  api: [],
  commands: ["features", "inference", "model", "runtime", "telemetry"],
  web: ["api", "features"],
};
/** Files of `src/` itself that every room may use; they depend on nothing. */
const foundation = ["error-kinds.ts", "errors.ts", "issue-kinds.ts", "limits.ts"];
/** The pure rooms: no I/O, no runtime, no package but these. */
const pureRooms: Readonly<Record<string, readonly string[]>> = { csv: [], shap: [], features: ["valibot"] };

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}

function read(folder: string): Source[] {
  return walk(join(root, folder))
    .filter((path) => path.endsWith(".ts") || path.endsWith(".js"))
    .map((path) => {
      const inside = relative(join(root, folder), path);
      const text = readFileSync(path, "utf8");
      const room = inside.includes("/") ? inside.slice(0, inside.indexOf("/")) : "";
      return { path: relative(root, path), room, text, code: withoutComments(text) };
    });
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|[^:"'`])\/\/[^\n]*/g, "$1");
}

interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
}

function imports(source: Source): Import[] {
  const statements = source.code.matchAll(/^\s*(?:import|export)\s+(type\s)?[^;]*?\bfrom\s+"([^"]+)"/gm);
  const bare = source.code.matchAll(/\bimport\s*\(?\s*"([^"]+)"/g);
  return [
    ...[...statements].map(([, type, from]) => ({ from: from!, typeOnly: type !== undefined })),
    ...[...bare].map(([, from]) => ({ from: from!, typeOnly: false })),
  ];
}

const sources = read("src");
const tests = read("test");

/** Every place that breaks a rule, so that one run shows all. */
function expectNone(places: readonly string[]): void {
  assert.deepEqual(places, []);
}

function places(files: readonly Source[], pattern: RegExp): string[] {
  return files.flatMap((file) =>
    file.code
      .split("\n")
      .flatMap((line, i) => (pattern.test(line) ? [`${file.path}:${i + 1}: ${line.trim().slice(0, 100)}`] : [])),
  );
}

test("there are sources to look at, so the rules below cannot pass on nothing", () => {
  assert.ok(sources.length > 40, `${sources.length} sources`);
  assert.ok(sources.flatMap(imports).length > 100);
  for (const room of Object.keys(pureRooms))
    assert.ok(
      sources.some((source) => source.room === room),
      room,
    );
});

test("rooms import only along the arrows", () => {
  const broken = sources.flatMap((source) =>
    imports(source).flatMap(({ from, typeOnly }) => {
      if (!from.startsWith(".") || typeOnly || source.room === "") return [];
      const target = relative(join(root, "src"), resolve(root, dirname(source.path), from));
      const room = target.includes("/") ? target.slice(0, target.indexOf("/")) : "";
      if (room === source.room || foundation.includes(target)) return [];
      if (
        source.room === "commands" &&
        room === "" &&
        ["administration.ts", "compose.ts", "config.ts"].includes(target)
      )
        return [];
      return arrows[source.room]?.includes(room) ? [] : [`${source.path} imports ${target}`];
    }),
  );
  expectNone(broken);
});

test("relative imports end in .ts, so that every runtime finds them", () => {
  expectNone(
    [...sources, ...tests].flatMap((source) =>
      imports(source)
        .filter(
          ({ from }) =>
            /^\.{1,2}\//.test(from) && !(source.path.endsWith(".js") ? /\.js$/ : /\.(ts|sql|json)$/).test(from),
        )
        .map(({ from }) => `${source.path}: ${from}`),
    ),
  );
});

test("pure rooms import no I/O, no runtime and no package but their own", () => {
  expectNone(
    sources.flatMap((source) =>
      imports(source)
        .filter(
          ({ from }) => source.room in pureRooms && !from.startsWith(".") && !pureRooms[source.room]!.includes(from),
        )
        .map(({ from }) => `${source.path}: ${from}`),
    ),
  );
});

test("Bun and Deno are named only in runtime/", () => {
  expectNone(
    places(
      sources.filter((source) => source.room !== "runtime"),
      /\b(Bun|Deno)\s*\./,
    ),
  );
});

test("the environment is read only in config.ts", () => {
  expectNone(
    places(
      sources.filter((source) => source.path !== "src/config.ts"),
      /process\.env|import\.meta\.env|Deno\.env/,
    ),
  );
});

test("what was thrown reaches the log as its last argument, which leaves messages out", () => {
  expectNone(
    places(
      sources.filter((source) => source.path !== "src/telemetry/logger.ts"),
      /\bcause: (String|describeCause)\(/,
    ),
  );
});

test("SQL is written only in store/ and the embedded queue", () => {
  const sql = /\b(select\s.+\sfrom\s|insert\s+into\s|delete\s+from\s|update\s+\w+\s+set\s)/i;
  expectNone(
    places(
      sources.filter((source) => source.room !== "store" && source.path !== "src/queue/postgres.ts"),
      sql,
    ),
  );
});

test("what knows AWS is called s3.ts or sqs.ts", () => {
  expectNone(
    sources.flatMap((source) =>
      imports(source)
        .filter(({ from }) => from.startsWith("@aws-sdk/") && !/(^src\/aws\/|\/(s3|sqs)\.ts$)/.test(source.path))
        .map(({ from }) => `${source.path}: ${from}`),
    ),
  );
});

test("no file is longer than 300 lines", () => {
  expectNone(
    [...sources, ...tests]
      .filter((source) => source.text.split("\n").length > 301)
      .map((source) => `${source.path}: ${source.text.split("\n").length}`),
  );
});

test("files have kebab-case names", () => {
  expectNone([...sources, ...tests].map((source) => source.path).filter((path) => !/^[a-z0-9./_-]+$/.test(path)));
});

test("no file is named for nothing in particular", () => {
  expectNone(
    [...sources, ...tests]
      .filter((source) => /\/(index|utils|types|helpers|common|misc)\.ts$/.test(source.path))
      .map((source) => source.path),
  );
});

test("nothing escapes the type checker, the logger or the test runner", () => {
  expectNone(
    places(
      [...sources, ...tests.filter((file) => !file.path.endsWith("architecture.test.ts"))],
      /:\s*any\b|<any>|as any\b|@ts-(ignore|expect-error|nocheck)|\.only\(|\bconsole\./,
    ),
  );
});

test("the README says of every package why it is there", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const table = readme.slice(readme.indexOf("## Dependencies"));
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, object>;
  const kinds = ["dependencies", "devDependencies", "optionalDependencies"];
  const packages = kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {}));
  assert.ok(packages.length > 20);
  const isNamed = (name: string) =>
    table.includes(`\`${name}\``) || (name.includes("/") && table.includes(`\`${name.split("/")[0]}/*\``));
  expectNone(packages.filter((name) => !isNamed(name)).map((name) => `README.md does not say why ${name} is there`));
});

test("the code map names every room and every room file it names exists", () => {
  const map = readFileSync(join(root, "src/README.md"), "utf8");
  const rooms = [...new Set(sources.map((source) => source.room))].filter((room) => room !== "");
  expectNone(rooms.filter((room) => !map.includes(`\`${room}/`)).map((room) => `src/README.md does not name ${room}/`));
  const named = [...map.matchAll(/`((?:[a-z-]+\/)*[a-z0-9-]+\.(?:ts|md|sql))`/g)].map((match) => match[1]!);
  assert.ok(named.length > 20, `the map names ${named.length} files`);
  const present = new Set(walk(join(root, "src")).map((path) => relative(join(root, "src"), path)));
  expectNone(
    named.filter((name) => !present.has(name)).map((name) => `src/README.md names ${name}, which does not exist`),
  );
});
