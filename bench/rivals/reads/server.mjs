/**
 * The same two reads as one would write them on Node by hand: Fastify and node-postgres, row-level security by a transaction that says who asks.
 * server.mjs DATABASE_URL SCHEMA.json TENANT; prints its address.
 */
import { readFileSync } from "node:fs";
import Fastify from "fastify";
import pg from "pg";

const [databaseUrl, schemaFile, tenant] = process.argv.slice(2);
const { features } = JSON.parse(readFileSync(schemaFile, "utf8"));
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
const app = Fastify();

async function asTenant(work) {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query("select set_config('rival.tenant', $1, true)", [tenant]);
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

const findUpload = (client, id) =>
  client
    .query({ name: "upload", text: "select * from uploads where upload_id = $1 and deleted_at is null", values: [id] })
    .then(({ rows }) => rows[0]);

app.get("/v1/uploads/:id", async (request, reply) => {
  const upload = await asTenant((client) => findUpload(client, request.params.id));
  if (upload === undefined) return reply.code(404).send({ code: "not_found" });
  const { object_key, attempt_token, attempt_until, deleted_at, tenant_id, ...shown } = upload;
  return shown;
});

app.get("/v1/uploads/:id/predictions", async (request, reply) => {
  const limit = Number(request.query.limit);
  const found = await asTenant(async (client) => {
    const upload = await findUpload(client, request.params.id);
    if (upload?.status !== "completed") return null;
    const page = await client.query({
      name: "page",
      text: "select * from predictions where upload_id = $1 order by probability desc, row_number limit $2",
      values: [request.params.id, limit],
    });
    return { upload, rows: page.rows };
  });
  if (found === null) return reply.code(404).send({ code: "not_found" });
  const columns = new Map(found.upload.report.mapping.map((entry) => [entry.feature, entry.column]));
  return { data: found.rows.map((row) => present(row, columns)), next_cursor: null };
});

function present(row, columns) {
  const order = row.shap_values
    .map((_, i) => i)
    .sort((a, b) => Math.abs(row.shap_values[b]) - Math.abs(row.shap_values[a]));
  const reasons = order.slice(0, 5).map((i) => ({
    feature: features[i].name,
    label: features[i].label,
    value: shown(features[i], row.feature_values[i]),
    text: `${features[i].label}: ${shown(features[i], row.feature_values[i])}`,
    shap_value: row.shap_values[i],
    direction: row.shap_values[i] > 0 ? "raises" : "lowers",
    column: columns.get(features[i].name) ?? null,
    note: null,
  }));
  return {
    row: row.row_number,
    customer_id: row.customer_id,
    churn_probability: row.probability,
    risk_tier: row.tier,
    raw_score: row.raw_score,
    reasons,
    data_quality: [],
  };
}

const shown = (feature, value) => (value === null ? null : (feature.categories?.[value]?.value ?? value));

process.stdout.write(`listens on ${await app.listen({ port: 0, host: "127.0.0.1" })}\n`);
