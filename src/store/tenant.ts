/** Until there are keys and accounts everything belongs to this one tenant. */
export const firstTenant = "00000000-0000-0000-0000-000000000001";
