/** The command line's own manual; `cli.ts` parses exactly what stands here. */
export const usage = `RetainWise: which customers are about to leave, and why.

  bun src/cli.ts <command>

  serve                     API and worker on http://127.0.0.1:8080 (the default command)
  api, worker               one half, for a database that both can reach (RETAINWISE_DATABASE_URL)
  score FILE                score one file without a server; - reads stdin
    --out FILE              write the results there instead of stdout
    --rejected FILE         write the rows that were set aside there
    --shap                  add the SHAP value of every feature (log-odds)
    --model NAME            another model than the default one
    --map FEATURE=COLUMN    say which column holds a feature; may be repeated
    --header-row N          row of the column names, counted from 1
    --delimiter CHARACTER   one of , ; | tab
    --decimal MARK          . or ,
    --no-explain            probabilities only, no reasons
  demo [--exit]             start the service, score a sample, show who is at risk and why
  template NAME             a CSV template of that model on stdout
  dlq list                  messages that were given up, and why
  dlq redrive [--code CODE] put them back on the queue: all, or those of one error code
  model verify DIR          verify a model bundle: signature, graph, golden rows
  model show DIR            verify it and print its card
  help                      this text

Environment: RETAINWISE_HOME, RETAINWISE_DATABASE_URL, RETAINWISE_STORAGE, RETAINWISE_QUEUE, RETAINWISE_VISIBILITY_SECONDS, RETAINWISE_MODELS, RETAINWISE_MODEL_KEYS, PORT, HOST.
Exit codes: 0 done · 2 the file or the command line is at fault · 1 we are.
`;
