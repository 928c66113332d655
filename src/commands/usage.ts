/** The command line's own manual; `cli.ts` parses exactly what stands here. */
export const usage = `RetainWise: which customers are about to leave, and why.

  bun src/cli.ts <command>

  serve                     API and worker on http://127.0.0.1:8080 (the default command)
  api, worker               one half, for a database that both can reach (RETAINWISE_DATABASE_URL)
    --canary                send known customers through the whole way every 5 minutes (serve, api)
  score FILE                score one file without a server; - reads stdin
    --out FILE              write the results there instead of stdout
    --rejected FILE         write the rows that were set aside there
    --shap                  add the SHAP value of every feature (log-odds)
    --model NAME            another model than the default one
    --map FEATURE=COLUMN    say which column holds a feature; may be repeated
    --unit FEATURE=UNIT     its values are in days, weeks, years, cents, per_year …: they are converted; may be repeated
    --set FEATURE=VALUE     all customers of the file have this value; may be repeated
    --header-row N          row of the column names, counted from 1
    --delimiter CHARACTER   one of , ; | tab
    --decimal MARK          . or ,
    --as-of YYYY-MM-DD      the day the file was made: months are counted from dates up to it
    --no-explain            probabilities only, no reasons
  demo [--exit]             start the service, score a sample, show who is at risk and why
  template [NAME]           a CSV template on stdout; without a name: which there are
  healthcheck               exit code 0 while the process of this RETAINWISE_HOME is alive
  status [--tenant ID]      the queue, what waits, and the week of a tenant (the first one unless named)
  dlq list                  messages that were given up, and why
  dlq redrive [--code CODE] put them back on the queue: all, or those of one error code
  migrate                   bring the schema of RETAINWISE_DATABASE_URL up to date
  tenant create NAME, list  accounts of the service; create prints the id
  key create                an API key on stdout, shown once
    --tenant ID             for this tenant; without it, for the first one
    --name TEXT             what the key is for
    --expires-days N        refused after that
  key list, revoke ID       keys and their state; a revoked one is refused within a second
  model verify DIR          verify a model bundle: signature, graph, golden rows
  model show DIR            verify it and print its card
  model sign DIR --key FILE check and sign it with an ECDSA P-256 private key; prints the public key
  help                      this text

Environment: RETAINWISE_HOME, RETAINWISE_DATABASE_URL, RETAINWISE_DATABASE_OWNER_URL, RETAINWISE_STORAGE, RETAINWISE_QUEUE, RETAINWISE_VISIBILITY_SECONDS, RETAINWISE_AUTH (open, keys, jwt),
RETAINWISE_KEY_SECRET, RETAINWISE_JWT_ISSUER, RETAINWISE_JWT_AUDIENCE, RETAINWISE_JWT_KEYS, RETAINWISE_JWT_TENANT_CLAIM, RETAINWISE_REQUESTS_PER_MINUTE,
RETAINWISE_MODELS, RETAINWISE_MODEL_VERSIONS, RETAINWISE_MODEL_KEYS, RETAINWISE_CANARY_SECONDS, PORT, HOST.
Exit codes: 0 done · 2 the file or the command line is at fault · 1 we are.
`;
