import { isDeepStrictEqual } from 'node:util';
import type { SignalDispatcher, SignalEvent } from '@nest-quintet/signals';
import { m2mChanged, postDelete, postSave, preDelete, preSave } from './model-signals.js';
import type { StoredRow } from './rows.js';
import { endsOf, type Write } from './writes.spec-support.js';

type Payload = SignalEvent<Record<string, any>>;

/** What receivers of every model signal have been told of. */
export interface Heard {
  /** Forgets what was heard, and takes the links that there are now for known. */
  reset(links: ReadonlyMap<string, ReadonlySet<string>>): void;
  /** What the signals say was written, in the words of a database that watches its writes. */
  readonly writes: Write[];
  /** What came before a write, in the same words, where it names its row. */
  readonly announced: Write[];
  /** Each row as the last signal of it has told it, by its name such as `Book#1`; `null` for a deleted one. */
  readonly rows: Map<string, StoredRow | null>;
}

/** Connects receivers to everything that is sent for rows and links. */
export function hearEverything(dispatcher: SignalDispatcher): Heard {
  const heard: { writes: Write[]; announced: Write[] } = { writes: [], announced: [] };
  const rows = new Map<string, StoredRow | null>();
  let links = new Map<string, Set<string>>();

  dispatcher.connect(preSave, async (event) => {
    const { sender, created, previous } = event as unknown as Payload;
    if (!created) heard.announced.push(`saving ${String(sender)}#${(await previous()).id}`);
  });
  dispatcher.connect(postSave, async (event) => {
    const { sender, instance, created, previous } = event as unknown as Payload;
    const now = { ...instance };
    const before: StoredRow | null = await previous();
    heard.writes.push(wordsOfSave(String(sender), created, before, now));
    if (before !== null && before.id !== now.id) {
      rows.set(`${String(sender)}#${before.id as number}`, null);
      for (const [relation, known] of links)
        links.set(relation, moved(relation, known, String(sender), String(before.id), String(now.id)));
    }
    rows.set(`${String(sender)}#${now.id}`, now);
  });
  dispatcher.connect(preDelete, (event) => {
    const { sender, instance } = event as unknown as Payload;
    heard.announced.push(`deleting ${String(sender)}#${instance.id}`);
  });
  dispatcher.connect(postDelete, (event) => {
    const { sender, instance } = event as unknown as Payload;
    for (const [relation, known] of links)
      links.set(relation, moved(relation, known, String(sender), String(instance.id), 'nothing'));
    heard.writes.push(`deleted ${String(sender)}#${instance.id}`);
    rows.set(`${String(sender)}#${instance.id}`, null);
  });
  dispatcher.connect(m2mChanged, (event) => {
    const { sender, action, instance, reverse, pkSet } = event as unknown as Payload;
    const relation = String(sender);
    const known = links.get(relation)!;
    const linkTo = (other: unknown) =>
      reverse ? `${String(other)}-${instance.id}` : `${instance.id}-${String(other)}`;
    if (action === 'postAdd') {
      for (const other of pkSet) {
        known.add(linkTo(other));
        heard.writes.push(`linked ${relation} ${linkTo(other)}`);
      }
    }
    const own = [...known].filter((link) => link.split('-')[reverse ? 1 : 0] === String(instance.id));
    const removed = action === 'postClear' ? own : action === 'postRemove' ? [...pkSet].map(linkTo) : [];
    for (const link of removed) {
      known.delete(link);
      heard.writes.push(`unlinked ${relation} ${link}`);
    }
  });

  return {
    rows,
    get writes() {
      return heard.writes;
    },
    get announced() {
      return heard.announced;
    },
    reset(now) {
      heard.writes = [];
      heard.announced = [];
      rows.clear();
      links = new Map([...now].map(([relation, known]) => [relation, new Set(known)]));
    },
  };
}

/** Links refer to the new key of a row once it has one. */
function moved(
  relation: string,
  links: ReadonlySet<string>,
  model: string,
  from: string,
  to: string,
): Set<string> {
  const { A, B } = endsOf(relation);
  return new Set(
    [...links].map((link) => {
      const [a, b] = link.split('-');
      return `${A === model && a === from ? to : a}-${B === model && b === from ? to : b}`;
    }),
  );
}

function wordsOfSave(model: string, created: boolean, before: StoredRow | null, now: StoredRow): Write {
  if (created !== (before === null)) return `contradicted itself of ${model}#${now.id as number}`;
  if (before === null) return `created ${model}#${now.id as number}`;
  const row = `${model}#${before.id as number}`;
  if (before.id !== now.id) return `changed ${row} to #${now.id as number}`;
  return isDeepStrictEqual(comparable(before), comparable(now)) ? `rewrote ${row}` : `changed ${row}`;
}

/** Makes rows equal that hold the same values. */
export function comparable(row: StoredRow): unknown {
  return JSON.parse(
    JSON.stringify(row, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part)),
  );
}
