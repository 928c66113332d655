/** Bun ends a test after 5 s unless told otherwise; whole processes are started here. Deno and Node set no limit. */
import { setDefaultTimeout } from "bun:test";

setDefaultTimeout(300_000);
