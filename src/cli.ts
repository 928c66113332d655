#!/usr/bin/env bun
/** The front door: one command in, an exit code out (0 done, 2 the file or the command line is at fault, 1 we are). */
import process from "node:process";
import { type Command, parseCommand } from "./commands/arguments.ts";
import { createContext } from "./commands/context.ts";
import { demo } from "./commands/demo.ts";
import { describeError } from "./commands/describe-error.ts";
import { listDeadLetters, redriveDeadLetters } from "./commands/dlq.ts";
import { healthcheck } from "./commands/healthcheck.ts";
import { createKey, createTenant, listKeys, listTenants, revokeKey } from "./commands/keys.ts";
import { migrate } from "./commands/migrate.ts";
import { showModel, signModel, verifyModel } from "./commands/model.ts";
import { score } from "./commands/score.ts";
import { serve } from "./commands/serve.ts";
import { status } from "./commands/status.ts";
import { template } from "./commands/template.ts";
import { usage } from "./commands/usage.ts";
import { readConfig } from "./config.ts";
import { toRetainWiseError } from "./errors.ts";

async function run(command: Command): Promise<void> {
  if (command.name === "help") {
    process.stdout.write(usage);
    return;
  }
  const context = createContext(readConfig(), { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr });
  try {
    switch (command.name) {
      case "serve":
      case "api":
      case "worker":
        return await serve(context, command.name, command.canary);
      case "score":
        return await score(context, command);
      case "demo":
        return await demo(context, command);
      case "healthcheck":
        return await healthcheck(context);
      case "status":
        return await status(context, command.tenant);
      case "dlq list":
        return await listDeadLetters(context);
      case "dlq redrive":
        return await redriveDeadLetters(context, command.code);
      case "migrate":
        return await migrate(context);
      case "tenant create":
        return await createTenant(context, command.tenantName);
      case "tenant list":
        return await listTenants(context);
      case "key create":
        return await createKey(context, command);
      case "key list":
        return await listKeys(context);
      case "key revoke":
        return await revokeKey(context, command.keyId);
      case "template":
        return await template(context, command.template);
      case "model verify":
        return await verifyModel(context, command.folder);
      case "model show":
        return await showModel(context, command.folder);
      case "model sign":
        return await signModel(context, command.folder, command.key);
    }
  } finally {
    await context.stop();
  }
}

/** Resolves when what was written has left the process: a pipe would lose it to `process.exit`. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}

// A reader that has seen enough (`score … | head`) is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

let exitCode = 0;
try {
  await run(parseCommand(process.argv.slice(2)));
} catch (caught) {
  const error = toRetainWiseError(caught);
  process.stderr.write(describeError(error));
  exitCode = error.kind.fault === "client" ? 2 : 1;
}
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(exitCode);
