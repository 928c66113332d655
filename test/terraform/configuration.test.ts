import assert from "node:assert/strict";
import { limits } from "../../src/limits.ts";
import { skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { prepareTerraform, terraformProgram } from "./terraform.ts";

const skip = skipWithout("terraform on PATH", terraformProgram !== null);
const terraform = skip === false ? await prepareTerraform() : null;
after(async () => terraform?.remove());

test("terraform fmt has nothing to change, validate nothing to say", { skip }, async () => {
  const format = await terraform!.run(["fmt", "-check", "-recursive", "-diff", "-no-color"]);
  assert.equal(format.code, 0, format.output);
  const valid = await terraform!.run(["validate", "-no-color"]);
  assert.equal(valid.code, 0, valid.output);
});

test("terraform test passes, without an account and without asking AWS", { skip }, async () => {
  const { code, output } = await terraform!.run(["test", "-no-color"]);
  assert.equal(code, 0, output.slice(-6_000));
  const passed = Number(/Success! (\d+) passed, 0 failed/.exec(output)?.[1] ?? 0);
  assert.ok(passed >= 19, `${passed} runs passed`);
});

test("what Terraform takes from limits.ts is what limits.ts says", { skip }, async () => {
  const expressions: Readonly<Record<string, number>> = {
    "local.drain_seconds": limits.drainSeconds,
    "local.stop_timeout_seconds": limits.stopSeconds,
    "local.max_receive_count": limits.maxReceiveCount,
    "local.visibility_seconds": limits.visibilityTimeoutSeconds,
    "local.largest_message": limits.messageBytes,
  };
  const variables = ["region=eu-central-1", "environment=test", "image=a:1", "collector_image=a:1"];
  const given = [...variables, "certificate_arn=arn:aws:acm:a"].flatMap((variable) => ["-var", variable]);
  const { output } = await terraform!.run(
    ["console", ...given],
    {},
    `jsonencode([${Object.keys(expressions).join(", ")}])\n`,
  );
  const found = JSON.parse(JSON.parse(output.slice(output.indexOf('"'))) as string) as number[];
  assert.deepEqual(found, Object.values(expressions));
});
