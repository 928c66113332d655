/** Who asks. */
export interface Identity {
  readonly tenantId: string;
  /** How it was shown, for the log: `open`, or `key:` and the key's id, or `jwt`. Nothing secret, and nothing of a person. */
  readonly by: string;
  /** The person or program: the key's id or the token's subject. Counted by its keyed hash only, never shown and never logged. */
  readonly user: string;
}

/** Throws `unauthenticated` when the request shows no valid credential, `identity_unavailable` or `database_unavailable` when that cannot be told. */
export type Identify = (request: Request) => Promise<Identity>;
