import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, test } from "../slow-test.ts";
import { run, temporaryFolder } from "./cli.ts";
import { startService } from "./service.ts";

const folder = temporaryFolder();
after(() => folder.remove());
const home = join(folder.path, "home");
const environment = { RETAINWISE_HOME: home, RETAINWISE_AUTH: "keys" };

test("keys are made, used, listed and revoked beside a running service; the key is nowhere but on the screen", async () => {
  const service = await startService(home, environment);
  const command = (...args: string[]) => run(args, { environment });
  const ask = (key: string, path = "/v1/uploads") =>
    fetch(service.url + path, { headers: { authorization: `Bearer ${key}` } });
  try {
    assert.equal((await fetch(`${service.url}/v1/uploads`)).status, 401);
    const created = await command("tenant", "create", "Acme GmbH");
    assert.equal(created.code, 0, created.stderr);
    const tenantId = created.stdout.trim();
    assert.match(tenantId, /^[0-9a-f-]{36}$/);
    const tenants = await command("tenant", "list");
    assert.match(tenants.stdout, new RegExp(`^${tenantId}  .*  Acme GmbH$`, "m"));

    const made = await command("key", "create", "--tenant", tenantId, "--name", "nightly", "--expires-days", "30");
    assert.equal(made.code, 0, made.stderr);
    const key = made.stdout.trim();
    const [keyId = "", secret = ""] = key.split(".");
    assert.match(made.stdout, /^rw_[\w-]{16}\.[\w-]{43}\n$/);
    assert.ok(made.stderr.includes(keyId) && !made.stderr.includes(secret));
    assert.equal((await ask(key)).status, 200);
    const first = (await command("key", "create")).stdout.trim();
    assert.equal((await ask(first)).status, 200);

    const listed = await command("key", "list");
    assert.match(listed.stdout, new RegExp(`^${keyId}  ${tenantId}  .*  expires .*  nightly$`, "m"));
    assert.ok(!listed.stdout.includes(secret));

    // Used until the very moment, so that what is remembered of it is fresh.
    let refusedAt = Number.POSITIVE_INFINITY;
    let on = true;
    const using = (async () => {
      while (on) {
        const { status } = await ask(key);
        if (status === 401) refusedAt = Math.min(refusedAt, performance.now());
        await sleep(10);
      }
    })();
    const revoked = await command("key", "revoke", keyId);
    const endedAt = performance.now();
    assert.equal(revoked.code, 0, revoked.stderr);
    await sleep(1_000);
    on = false;
    await using;
    assert.ok(refusedAt - endedAt < 1_000, `refused ${refusedAt - endedAt} ms after the command`);
    assert.equal((await ask(key)).status, 401);
    assert.equal((await ask(first)).status, 200);
    assert.match((await command("key", "list")).stdout, new RegExp(`^${keyId}  .*  revoked .*  nightly$`, "m"));
    const again = await command("key", "revoke", keyId);
    assert.deepEqual([again.code, /key_not_found/.test(again.stderr)], [2, true]);

    assert.equal(statSync(join(home, "key-secret")).mode & 0o777, 0o600);
    assert.equal(await service.stop(), 0, service.output());
    const holding = [key, secret, first.split(".")[1] ?? ""].filter((text) => service.output().includes(text));
    assert.deepEqual(holding, []);
    for (const file of readdirSync(home, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const bytes = readFileSync(join(file.parentPath, file.name));
      for (const text of [secret, first.split(".")[1] ?? ""]) assert.ok(!bytes.includes(text), file.name);
    }
  } finally {
    service.process.kill("SIGTERM");
  }
  // Without a service the command starts the database itself, and the keys are those of before.
  const after = await command("key", "list");
  assert.equal(after.code, 0, after.stderr);
  assert.equal(after.stdout.trim().split("\n").length, 2);
});

test("a mistake on the command line names itself", async () => {
  const mistakes: [string[], RegExp][] = [
    [["key"], /key takes create, list, or revoke ID/],
    [["key", "revoke"], /exactly one key id/],
    [["key", "revoke", "a", "b"], /exactly one key id/],
    [["key", "list", "--tenant", "x"], /no option --tenant/],
    [["key", "create", "--tenant", "acme"], /--tenant must be the id of a tenant/],
    [["key", "create", "--expires-days", "0"], /from 1 to 3650/],
    [["key", "create", "--expires-days", "1.5"], /from 1 to 3650/],
    [["tenant"], /tenant takes list, or create NAME/],
    [["tenant", "create"], /exactly one name/],
    [["tenant", "create", " "], /tenant create takes a name/],
    [["tenant", "create", "two\nlines"], /tenant create takes a name/],
    [["key", "create", "--name", "\u001b[2J"], /--name must be/],
    [["migrate", "now"], /migrate takes no now/],
  ];
  await Promise.all(
    mistakes.map(async ([args, detail]) => {
      const { code, stderr, stdout } = await run(args, { environment: { RETAINWISE_HOME: join(folder.path, "none") } });
      assert.deepEqual([code, stdout], [2, ""], `${args.join(" ")}: ${stderr}`);
      assert.match(stderr, /\(usage\)/);
      assert.match(stderr, detail);
    }),
  );
  const unknown = await run(["key", "create", "--tenant", "0198f3a2-0000-7000-8000-000000000009"], { environment });
  assert.deepEqual([unknown.code, unknown.stdout], [2, ""]);
  assert.match(unknown.stderr, /tenant_not_found[\s\S]*tenant list/);
});

test("a configuration that would let anybody in, or nobody, is refused at the start and says what to do", async () => {
  const jwt = {
    RETAINWISE_JWT_ISSUER: "https://provider.example/",
    RETAINWISE_JWT_AUDIENCE: "retainwise",
    RETAINWISE_JWT_KEYS: join(folder.path, "absent.json"),
  };
  const external = { RETAINWISE_DATABASE_URL: "postgres://app:app@127.0.0.1:1/x" };
  const wrong: [Record<string, string>, RegExp][] = [
    [{ HOST: "0.0.0.0" }, /HOST: RETAINWISE_AUTH=open serves only a loopback address/],
    [{ HOST: "::" }, /HOST: /],
    [{ HOST: "192.168.1.5", RETAINWISE_AUTH: "open" }, /HOST: /],
    [{ HOST: "localhost.evil.example" }, /HOST: /],
    [{ RETAINWISE_AUTH: "none" }, /RETAINWISE_AUTH: must be open, keys, jwt or keys,jwt/],
    [{ RETAINWISE_AUTH: "open,keys" }, /RETAINWISE_AUTH: /],
    [{ RETAINWISE_AUTH: "jwt" }, /RETAINWISE_JWT_ISSUER, RETAINWISE_JWT_AUDIENCE and RETAINWISE_JWT_KEYS/],
    [
      { RETAINWISE_AUTH: "jwt", ...jwt, RETAINWISE_JWT_KEYS: "http://provider.example/keys" },
      /must be an https address/,
    ],
    [{ RETAINWISE_AUTH: "keys", ...external }, /RETAINWISE_KEY_SECRET: .*openssl rand/],
    [{ RETAINWISE_AUTH: "keys", RETAINWISE_KEY_SECRET: "short" }, /at least 32 characters/],
    [{ RETAINWISE_DATABASE_OWNER_URL: "postgres://o@127.0.0.1/x" }, /needs RETAINWISE_DATABASE_URL/],
    [
      { ...external, RETAINWISE_DATABASE_OWNER_URL: "postgres://o:%zz@127.0.0.1:1/x" },
      /RETAINWISE_DATABASE_OWNER_URL: .*percent-encoded/,
    ],
    [{ RETAINWISE_REQUESTS_PER_MINUTE: "0" }, /RETAINWISE_REQUESTS_PER_MINUTE: must be a whole number/],
    [{ RETAINWISE_REQUESTS_PER_MINUTE: "9".repeat(400) }, /RETAINWISE_REQUESTS_PER_MINUTE: must be a whole number/],
  ];
  await Promise.all(
    wrong.map(async ([variables, detail], index) => {
      const { code, stderr } = await run(["serve"], {
        environment: { RETAINWISE_HOME: join(folder.path, `wrong-${index}`), PORT: "0", ...variables },
      });
      assert.equal(code, 1, stderr);
      assert.match(stderr, /config_invalid/);
      assert.match(stderr, detail);
    }),
  );
  const absent = await run(["serve"], {
    environment: { RETAINWISE_HOME: join(folder.path, "absent"), PORT: "0", RETAINWISE_AUTH: "jwt", ...jwt },
  });
  assert.equal(absent.code, 1);
  assert.match(absent.stderr, /RETAINWISE_JWT_KEYS: the file .*absent\.json cannot be read/);
});
