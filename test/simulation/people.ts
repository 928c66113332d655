/** Those outside: they upload, answer questions, delete, and ask again when nobody answered. */

import type { Parts } from "./halves.ts";
import type { PlannedUpload } from "./scenario.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** The API's process of the moment, and what tells that it died. */
export interface ApiHalf extends Parts {
  readonly died: Promise<void>;
  wakeRelay(): void;
}

export interface Person {
  readonly tenantId: string;
  readonly uploadId: string;
  readonly plan: PlannedUpload;
  /** Whether a 202 was answered. */
  accepted: boolean;
  /** Whether a deletion was asked for, be it answered or not. */
  deleting: boolean;
  /** Nothing more is asked. */
  gone: boolean;
}

export async function livePerson(person: Person, clock: VirtualClock, api: () => ApiHalf): Promise<void> {
  const { tenantId, uploadId, plan } = person;
  const wait = (seconds: number): Promise<void> => new Promise((go) => clock.after(seconds * 1_000, go));
  /** Null: no answer came, and nobody knows whether it was done. */
  const ask = async <T>(request: (half: ApiHalf) => Promise<T>): Promise<{ answer: T } | null> => {
    const half = api();
    const answered = request(half).then(
      (answer) => ({ answer }),
      () => null,
    );
    return Promise.race([answered, half.died.then(() => null)]);
  };
  const insist = async <T>(request: (half: ApiHalf) => Promise<T>): Promise<T> => {
    for (;;) {
      const answered = await ask(request);
      if (answered !== null) return answered.answer;
      await wait(7);
    }
  };

  await wait(plan.atSeconds);
  const accepted = await ask(async (half) => {
    const bytes = new TextEncoder().encode(JSON.stringify({ ...plan.file, owner: `${tenantId}/${uploadId}` }));
    const objectKey = `uploads/${uploadId}`;
    await half.store.admitUpload(tenantId, objectKey);
    const stored = await half.objects.put(objectKey, pieces(bytes));
    await half.store.insertUpload(tenantId, { uploadId, filename: "a.csv", objectKey, options: {}, ...stored });
    half.wakeRelay();
  });
  person.accepted = accepted !== null;

  const answering = async (): Promise<void> => {
    if (plan.file.kind !== "question") return;
    for (;;) {
      await wait(20);
      const upload = await insist((half) => half.store.getUpload(tenantId, uploadId));
      if (upload === null) return;
      if (upload.status !== "needs_mapping") continue;
      const answer = { mapping: { tenure: "Months" }, decimal: null, remember: false };
      const answered = await insist((half) => half.store.answerMapping(tenantId, uploadId, answer));
      if (answered !== null) api().wakeRelay();
      return;
    }
  };
  const deleting = async (): Promise<void> => {
    if (plan.deletedAfter === null) return;
    await wait(plan.deletedAfter);
    person.deleting = true;
    await insist((half) => half.store.deleteUpload(tenantId, uploadId));
  };
  await Promise.all([answering(), deleting()]);
  person.gone = true;
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
