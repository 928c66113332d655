/** Every limit: name with unit, value, and why that value. Relations between them are asserted when the module loads. */
export const limits = {
  // One file.
  uploadBytes: 1_073_741_824, // 1 GiB: ten million telecom rows; storage and disk are sized for it
  headBytes: 65_536, // looked at before anything is stored: enough for any header, one read
  readBytes: 262_144, // one read of a file: large enough to amortise, small enough for progress
  rowsPerFile: 5_000_000, // uint32 row numbers and result tables are sized for it
  columnsPerFile: 2_000, // the widest real export seen has 1,487 one-hot columns (FIELD.md 24)
  cellCharacters: 131_072, // RFC 4180 sets none; the longest real cell seen is JSON of 40 kB
  recordCharacters: 1_048_576, // bounds the one unfinished record that the parser holds; 2,000 columns of 500 characters
  headerCharacters: 10_000, // one header; longer ones are data
  headerSearchRows: 50, // preamble lines above a header (a real file has its header on line 24)
  // One chunk of rows through the inference thread.
  chunkRows: 4_096, // design: the unit that moves
  blocksPerCollection: 8, // 2 MB of file: keeps the peak within 1.2 of a small file's, for a tenth of the time
  threadHeapMegabytes: 512, // JavaScript heap of the thread on V8, which else lets garbage grow to a gigabyte; tables are outside it
  threadYoungMegabytes: 16, // V8 default is several times that on large machines
  chunksInFlight: 2, // one being saved while one is computed
  issueExamples: 5, // examples kept per issue: enough to recognise, small enough to read
  customerIdsTracked: 2_000_000, // different ids remembered to count duplicates: 16 bytes each
  issuesPerFile: 1_000, // distinct issues kept; beyond it `issues_truncated`
  // Answers.
  uploadViewBytes: 2_000_000, // one upload as it is shown, also with names of 10,000 characters: read at once by a person's browser
  pageRows: 1_000, // most predictions in one page
  explanationFeatures: 100, // of one model, in the explanation of a whole file: nobody looks at more, and a sample of each is 20 kB
  interactionSteps: 100_000_000, // of one row: a little over a second of the inference thread, 200 times what the default model needs
  explanationRows: 2_000, // largest sample of customers in it: a picture of more shows nothing more
  correctedRows: 50_000, // of one corrected file, about 1 kB each in the memory of its job: more than anybody corrects by hand
  comparedRows: 2_000_000, // of two uploads whose customers are compared: 3 s, 12 on a busy machine, of the 30 that a statement has
  comparisonMegabytes: 16, // Postgres's default is 4: so the ids of 100,000 customers fit in memory, which halves the time
  comparisonsAtOnce: 3, // of ten connections: the rest is for jobs and for everybody else
  comparisonWaitMilliseconds: 10_000, // for a turn: as long as one of the largest takes
  moversShown: 5, // up and down in a summary: what a person looks at first
  moversKept: 100, // of as many pairs of uploads, about 20 kB each; the oldest is forgotten
  moversFreshMilliseconds: 60_000, // neither upload changes any more; a model may come or go
  predictCustomers: 1_000, // API.md: synchronous predict
  jsonBodyBytes: 4_194_304, // 1,000 customers of 4 kB
  formFields: 20, // twice the options there are
  formFieldBytes: 65_536, // a mapping of every feature of a wide model
  filenameCharacters: 255, // what file systems take
  searchCharacters: 200, // part of a customer id; most are below 64
  pipelineHours: 168, // the view of the pipeline: seven days
  pipelineFreshMilliseconds: 5_000, // its history is read once for all who look meanwhile: 100,000 uploads take half a second
  pipelinesKept: 1_000, // of as many tenants, about 20 kB each; the oldest is forgotten
  eventsPollMilliseconds: 250, // how late a progress event may be
  eventsHeartbeatSeconds: 15, // proxies close a silent connection after 30 s or more
  lingerBytes: 33_554_432, // read and dropped after a refusal, so that a client that sends first hears why
  lingerSeconds: 2,
  retryAfterSeconds: 5, // what Retry-After says
  headersSeconds: 10, // a request's headers, on Node; Bun has the same built in, Deno has none
  requestIdleSeconds: 120, // a stalled upload is dropped after this
  uploadSeconds: 3_600, // 1 GiB over a 2.4 Mbit/s line
  // Jobs (SQS's semantics for both queues).
  visibilityTimeoutSeconds: 60, // SQS default is 30; a heartbeat extends it
  heartbeatSeconds: 20, // a third of the visibility time
  receiveWaitSeconds: 20, // SQS long polling maximum
  receiveBatch: 10, // SQS maximum of messages a call
  maxReceiveCount: 5, // then the dead-letter queue
  silentSeconds: 60, // a worker that hears nothing of its queue for three long polls is not alive
  jobSlots: 1, // one inference thread: a second job would only wait for it
  relayIdleMilliseconds: 1_000, // another process's outbox rows are seen this late; our own at once
  sweepSeconds: 60, // what something interrupted: deletions, objects without an upload, lost messages
  intentSeconds: 7_200, // an object without an upload is an orphan after twice the time that an upload may take
  requeueSeconds: 3_600, // a message that had no effect for this long may be lost: another goes out
  workSeconds: 259_200, // three days: older work is failed, since nobody waits for its answer any more
  // Tenants.
  tenantActiveUploads: 1_000, // of one tenant, waiting or at work: a night's batch, not a flood
  tenantUploadsAtOnce: 64, // files of one tenant on their way at once, a process: how far it can get over its quotas
  tenantStoredBytes: 107_374_182_400, // 100 GiB: a hundred of the largest files
  activeUploads: 20_000, // of all tenants: a day's work of one worker at four files a second
  requestsPerMinute: 1_200, // of one tenant, a process: 20 a second, and a minute's worth at once
  rateTenants: 10_000, // tenants whose rate is remembered; the longest unused is forgotten
  // Identity.
  apiKeyCacheMilliseconds: 500, // a revoked key is refused within a second
  apiKeysCached: 10_000,
  sessionSeconds: 43_200, // a working day in a browser; the credential behind it is looked at with each request all the same
  credentialBytes: 8_192, // a token with many claims; Node refuses headers of 16 kB
  clockToleranceSeconds: 30, // clocks of an identity provider and of ours
  jwksMilliseconds: 5_000, // fetching the provider's keys, their body included
  jwksBytes: 262_144, // a key is 1 kB; the largest provider publishes a few dozen
  jwksFreshSeconds: 600, // known keys are fetched anew: a key that the provider withdrew is out by then
  jwksCooldownSeconds: 30, // between two fetches, failed or not: made-up key ids must not become requests to the provider
  jwksStaleSeconds: 86_400, // known keys outlive an outage of the provider by a day
  strikes: 12, // attempts that never came to an end before an upload counts as poison; a laptop switched off is not one
  jobSeconds: 3_600, // deadline of one job
  drainSeconds: 20, // a worker has gone 25 s after SIGTERM: this, handing back and the other parts' ends
  handBackSeconds: 2, // two statements and one call, unless the part that hangs is the one they need
  stopPartMilliseconds: 500, // relay, sweep and database each: what hangs then is cut off, and is made to be
  stopSeconds: 30, // ECS's own, from SIGTERM to SIGKILL
  pulseSeconds: 2, // the sign of life for `healthcheck`: one small file
  pulseStaleSeconds: 10, // five beats missed; the supervisor never computes
  healthcheckMilliseconds: 2_000, // an answer of /livez, which asks nobody
  messageBytes: 1_024, // body is ids and a version
  // Model bundle.
  bundleBytes: 67_108_864, // 300 trees are 0.5 MB; 64 MB leaves room for large forests
  bundleFiles: 32, // a bundle has six
  graphNodes: 32, // operators of a graph, not nodes of its trees; converters write five
  modelReloadSeconds: 30, // how late a new version may be seen; one listing each
  modelRetrySeconds: 2, // the same after a listing or reading that failed
  modelGraceSeconds: 30, // a version that was superseded stays loaded at least this long: a job may just have chosen it
  modelsPresented: 100, // versions kept to present older results, about 100 kB each
  modelListPages: 10, // of 1,000 objects each
  goldenProbabilityError: 1e-6, // float32 has 6e-8 near 1; another build of the runtime may round once more
  goldenShapError: 1e-5, // log-odds; the reference sums in another order
  agreementError: 1e-6, // probability of the runtime (float32) against the logistic of our own raw score
  additivityError: 1e-5, // log-odds; above it a row shows no reasons
  worstAdditivityError: 1e6, // what an error that is no number, or larger, is told as: a metric's store takes numbers only
  // Drift.
  driftRows: 500, // rows of a file before anything is said: chance gives a PSI of 0.02 then, and over 0.25 less than once in a million files
  doubtRows: 1_000, // customers scored under every reading of a doubtful column: 2 % of them is told from 4 %, in some 20 ms a reading
  doubtShare: 0.02, // of them in another tier: up to that a question would change next to nothing, and is not asked
  absentRows: 200, // rows of a column before a usual value that none has is told: by chance less than once in 10¹⁴ files
  absentShare: 0.15, // what counts as usual: this much of the training data
  driftShare: 0.005, // smaller shares of a bin count as this: 2.5 rows of the smallest file
  driftIndex: 0.25, // PSI above it: another population, by the usual rule; a file is told so and an operator too
  // Canary.
  canarySeconds: 300, // between two runs, where none is said: three in a quarter of an hour
  canaryRunSeconds: 120, // one run, also where runs are further apart: queue and scoring take 1 s, behind a large file a minute
  canaryPollMilliseconds: 250, // its own upload is asked for
  canaryRequestMilliseconds: 15_000, // one call of a run, and the deletion at its end
  canaryLeftoverSeconds: 900, // its uploads older than this belong to no run any more, in any process
  // AWS clients.
  awsAttempts: 3, // the first and two more, with the SDK's own backoff
  awsConnectMilliseconds: 2_000, // within a region a connection takes a few milliseconds
  awsIdleMilliseconds: 3_000, // an unused connection is closed: it may have died without a word, and a new one takes a few milliseconds
  awsRequestMilliseconds: 10_000, // an answer to anything but a long poll
  awsAbortMilliseconds: 1_000, // an aborted call lets go of its caller after this, answered or not
  fairBuckets: 256, // message groups of tenants: enough to keep a noisy one apart, few enough for SQS to watch
  peekSeconds: 30, // dead letters that are looked at come back after this when the looker dies
  redriveMessagesPerSecond: 50, // SQS moves up to 500; dead letters must not crowd out new work
  redriveSeconds: 600, // 30,000 messages at that rate; beyond it the move goes on, unwatched
  redrivePollMilliseconds: 500, // between two looks at a move
  // Protection of a busy task on ECS.
  protectionMinutes: 10, // a worker that hangs holds up a deployment no longer; ECS takes 1 to 2,880
  protectionRefreshSeconds: 240, // two attempts to renew before it expires
  protectionIdleSeconds: 10, // a worker with a full queue asks once and not twice a file: ECS limits the rate
  agentRequestMilliseconds: 2_000, // the agent is on the same host, and asks ECS
  // S3.
  s3PartBytes: 8_388_608, // one request of an upload or download; smaller files go in one. S3 takes 5 MiB to 5 GiB
  s3PartsInFlight: 2, // of one upload: the network is never idle, and four parts at most are in memory
  s3TransferMilliseconds: 15_000, // one part: two at once over 10 Mbit/s; three attempts end before a load balancer gives up
  // Telemetry.
  telemetryIntervalMilliseconds: 60_000, // OpenTelemetry's default; alarms look at minutes
  telemetryCollectMilliseconds: 30_000, // OpenTelemetry's default for one collection and hand-over
  telemetryRequestMilliseconds: 10_000, // OpenTelemetry's default for one request, its answer included
  telemetryAnswerBytes: 65_536, // an answer is a count and a sentence
  telemetryQueueSeconds: 900, // what waits longer is dropped: three probes of the backend lie within
  telemetryQueueBytes: 8_388_608, // of requests as sent: hours of them, before the age ends them
  telemetryFailures: 5, // in a row, then the breaker opens
  telemetryProbeSeconds: 300, // one request in this while the breaker is open
  telemetryRetryMilliseconds: 1_000, // after a first failure; twice that after each further one
  telemetryRetryCapMilliseconds: 30_000,
  telemetryFlushMilliseconds: 1_000, // at the end, and where the caller names no time: an idle worker is gone within 2 s
  telemetryFlushRetryMilliseconds: 250, // between attempts of a flush, which has no time for longer
  telemetryLoggedOnceSeconds: 60, // the same message of OpenTelemetry is told once in this
  telemetryMessages: 100, // different messages remembered for that
  telemetryMessageCharacters: 200,
  histogramBuckets: 99, // and one for zero: with more than 100, CloudWatch's exporter splits one series into several records
  // Database.
  queryMilliseconds: 30_000, // client-side deadline: postgres.js hangs for ever in three known cases
  insertRows: 4_096, // a chunk is one statement
  connectMilliseconds: 10_000, // a server that does not take a connection within this is down
  databaseConnections: 10, // of Postgres's default 100: room for ten such processes
  migrationMilliseconds: 600_000, // one migration may rewrite a large table
  streamRows: 2_000, // rows of one batch of a download: about 1 MB
  deleteMilliseconds: 1_000, // a caller waits this long for rows to go; the sweep takes the rest
  deleteRows: 20_000, // rows of one deletion: well below the deadline, so that five million rows can go
  attemptSeconds: 40, // an attempt that wrote nothing for this long is dead; its message comes back no earlier (see relations)
  outboxBatch: 10, // rows relayed in one transaction
  // Embedded PostgreSQL.
  postgresStartSeconds: 120, // crash recovery of 1 GB of log takes about 30 s on a laptop
  postgresStopSeconds: 20, // fast shutdown writes a checkpoint; after it Postgres is stopped at once and recovers at the next start
  postgresLogBytes: 8_388_608, // larger at start: one older log is kept
  // Embedded queue.
  queuePollMilliseconds: 250, // another process's message is seen after at most this
  backoffBaseSeconds: 8, // first retry after 4 s on average
  backoffCapSeconds: 600, // no retry waits longer
} as const;

const relations: readonly [boolean, string][] = [
  [limits.heartbeatSeconds * 2 < limits.visibilityTimeoutSeconds, "two heartbeats fit into the visibility time"],
  [
    limits.attemptSeconds <= limits.visibilityTimeoutSeconds - limits.heartbeatSeconds,
    "a dead attempt can be claimed when its message comes back",
  ],
  [
    limits.drainSeconds +
      limits.handBackSeconds +
      (3 * limits.stopPartMilliseconds + limits.telemetryFlushMilliseconds) / 1_000 <
      limits.stopSeconds - 5,
    "a worker ends well before the task is stopped, and so does an API in its process, which has 5 s more",
  ],
  [limits.intentSeconds >= limits.uploadSeconds * 2, "an object is no orphan while it may still be stored"],
  [limits.apiKeyCacheMilliseconds < 1_000, "a revoked key is refused within a second"],
  [limits.jwksCooldownSeconds < limits.jwksFreshSeconds, "a stale key set may be fetched"],
  [limits.jwksFreshSeconds < limits.jwksStaleSeconds, "known keys outlive an outage"],
  [limits.pulseSeconds * 3 < limits.pulseStaleSeconds, "a late beat is not taken for a death"],
  [
    limits.protectionRefreshSeconds * 2 < limits.protectionMinutes * 60,
    "a protection is renewed twice before it expires",
  ],
  [
    limits.drainSeconds * 1_000 + limits.agentRequestMilliseconds * 2 < limits.stopSeconds * 1_000,
    "after draining there is time to give the protection back",
  ],
  [limits.telemetryCollectMilliseconds <= limits.telemetryIntervalMilliseconds, "a collection ends before the next"],
  [
    limits.telemetryProbeSeconds * 2 < limits.telemetryQueueSeconds,
    "what was recorded when the backend went away still waits at the second probe",
  ],
  [limits.comparisonsAtOnce * 2 < limits.databaseConnections, "comparisons leave most connections to others"],
  [limits.receiveWaitSeconds * 2 < limits.silentSeconds, "a long poll that brings nothing is no silence"],
  [
    limits.canaryRunSeconds + (2 * limits.canaryRequestMilliseconds) / 1_000 < limits.canaryLeftoverSeconds,
    "a canary's run is over before its upload counts as left over",
  ],
  [limits.receiveBatch <= 10, "SQS gives at most 10 messages a call"],
  [limits.receiveWaitSeconds <= 20, "SQS waits at most 20 s"],
  [
    limits.eventsHeartbeatSeconds * 2 < limits.requestIdleSeconds,
    "two heartbeats of an event stream fit into the idle time",
  ],
  [limits.s3PartBytes >= 5_242_880, "S3 takes parts of 5 MiB and more"],
  [limits.uploadBytes <= limits.s3PartBytes * 10_000, "S3 takes 10,000 parts"],
  [limits.s3PartBytes % limits.readBytes === 0, "parts are cut at pieces"],
  [limits.cellCharacters < limits.recordCharacters, "a cell is smaller than a record"],
  [limits.recordCharacters < limits.uploadBytes, "a record is smaller than a file"],
];
for (const [holds, what] of relations) if (!holds) throw new Error(`limits.ts: it must hold that ${what}`);
