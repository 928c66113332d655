/** `tenant` and `key`: who may use the service. */
import { administer } from "./administer.ts";
import type { CommandContext } from "./context.ts";

export interface KeyArguments {
  /** Null: the first tenant, which is there from the start. */
  readonly tenant: string | null;
  readonly keyName: string;
  readonly expiresDays: number | null;
}

export async function createTenant(context: CommandContext, name: string): Promise<void> {
  await administer(context, async (operator) => {
    context.stdout.write(`${await operator.createTenant(name)}\n`);
    context.stderr.write("Next: bun src/cli.ts key create --tenant with this id\n");
  });
}

export async function listTenants(context: CommandContext): Promise<void> {
  await administer(context, async (operator) => {
    for (const { tenantId, name, createdAt } of await operator.tenants())
      context.stdout.write(`${tenantId}  ${createdAt.toISOString()}  ${name}\n`);
  });
}

/** The key alone on stdout, so that a script can take it; what there is to say goes to stderr. */
export async function createKey(context: CommandContext, given: KeyArguments): Promise<void> {
  const expiresAt = given.expiresDays === null ? null : new Date(Date.now() + given.expiresDays * 86_400_000);
  await administer(context, async (operator) => {
    const { keyId, key } = await operator.createKey(given.tenant, given.keyName, expiresAt);
    context.stdout.write(`${key}\n`);
    context.stderr.write(
      `This key is shown only now. Send it as Authorization: Bearer KEY; revoke it with: bun src/cli.ts key revoke ${keyId}\n`,
    );
  });
}

export async function listKeys(context: CommandContext): Promise<void> {
  await administer(context, async (operator) => {
    for (const { keyId, tenantId, name, createdAt, expiresAt, revokedAt } of await operator.keys()) {
      const state =
        revokedAt !== null
          ? `revoked ${revokedAt.toISOString()}`
          : expiresAt !== null
            ? `expires ${expiresAt.toISOString()}`
            : "in use";
      context.stdout.write(`${keyId}  ${tenantId}  ${createdAt.toISOString()}  ${state}  ${name}\n`);
    }
  });
}

export async function revokeKey(context: CommandContext, keyId: string): Promise<void> {
  await administer(context, async (operator) => {
    await operator.revokeKey(keyId);
    context.stderr.write(`${keyId} is revoked: refused within a second\n`);
  });
}
