/** Roles of the database without a login; ours takes one of them on in every transaction. They belong to the server, not to one database. */
export const tenantRole = "retainwise_tenant";
export const systemRole = "retainwise_system";
