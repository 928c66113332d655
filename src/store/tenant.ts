/** Until there are keys and accounts everything belongs to this one tenant. */
export const firstTenant = "00000000-0000-0000-0000-000000000001";

/** Owner of the canary's uploads: nobody's, and no credential leads to it. */
export const canaryTenant = "00000000-0000-0000-0000-0000000000ca";
