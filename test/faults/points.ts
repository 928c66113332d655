/** The named points at which a process is killed or the database restarted. */
import type { Point } from "./tripwire.ts";

export interface KillPoint extends Point {
  /** Whether the statement names the upload, so that only the newest one's counts. */
  readonly namesUpload: boolean;
}

const point = (name: string, when: Point["when"], statements: RegExp[], namesUpload: boolean): KillPoint => ({
  name,
  when,
  statements,
  namesUpload,
});
const insertUpload = /insert into uploads/;
const claim = /^update uploads set status = 'processing'/;
const complete = /^update uploads set status = 'completed'/;
const sendMessage = /^insert into messages/;
const forget = /^delete from outbox/;
const take = /^with spent as/;
const bury = /set deleted_at = now\(\)/;
const removeResults = /^with gone as/;
const forgetUpload = /^delete from uploads/;

/** From the request to the queue. Either half may relay, so the last five are met by whichever is faster. */
export const requestPoints: readonly KillPoint[] = [
  point("object stored, before the upload's record", "before", [insertUpload], false),
  point("upload recorded, before its commit", "before", [insertUpload, /^commit/], false),
  point("upload committed, before the answer", "after", [insertUpload, /^commit/], false),
];
export const relayPoints: readonly KillPoint[] = [
  point("outbox read, before the message is sent", "before", [sendMessage], false),
  point("message sent, before the outbox row goes", "before", [forget], false),
  point("outbox row deleted, before the commit", "before", [forget, /^commit/], false),
  point("outbox row gone, before anybody knows", "after", [forget, /^commit/], false),
];
/** From the queue to the completed upload. */
export const jobPoints: readonly KillPoint[] = [
  point("message received, before the claim", "before", [claim], true),
  point("claimed, before the worker knows", "after", [claim], true),
  point("claimed, before former results are cleared", "before", [removeResults], true),
  point("before the report", "before", [/^update uploads set report/], true),
  point("before the first chunk", "before", [/insert into predictions/], true),
  point("after the first chunk", "after", [/insert into predictions/], true),
  point("before the second chunk", "before", [/insert into predictions/, /insert into predictions/], true),
  point("before the completion", "before", [complete], true),
  point("completed, before the worker knows", "after", [complete], true),
  point("completed, before the message goes", "before", [/^delete from messages/], false),
  point("message deleted, before the worker knows", "after", [/^delete from messages/], false),
  point("while the message is taken", "after", [take], false),
];
/** From a deletion to the last trace of the upload. The request and the sweep that it wakes do the later steps, whoever is faster. */
export const deletePoints: readonly KillPoint[] = [
  point("before anything is deleted", "before", [bury], true),
  point("buried, before the commit", "before", [bury, /^commit/], false),
  point("buried, before anybody knows", "after", [bury, /^commit/], false),
  point("before the results go", "before", [removeResults], true),
  point("results gone, before the commit", "before", [removeResults, /^commit/], false),
  point("results gone, before the object goes", "after", [removeResults, /^commit/], false),
  point("object gone, before the tombstone goes", "before", [forgetUpload], true),
  point("tombstone gone, before the commit", "before", [forgetUpload, /^commit/], false),
  point("tombstone gone, before anybody knows", "after", [forgetUpload, /^commit/], false),
];
