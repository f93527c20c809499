import { cellNames, ways } from './cells-app.spec-support.js';
import { History } from './history.spec-support.js';
import { randomOf } from './random.spec-support.js';

const CLIENTS = 12;
/** Milliseconds that a handler takes at most, between its reads and after them. */
const MAX_WAIT = 4;

export interface Interleaving {
  readonly history: History;
  /** How often each outcome was met, by the header that tells. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** Has clients read and write at random, each its next when its last is answered. */
export async function interleave(
  origins: readonly string[],
  { count, seed, bound }: { count: number; seed: number; bound?: number },
): Promise<Interleaving> {
  const history = new History(bound);
  const outcomes: Record<string, number> = {};
  const random = randomOf(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  let left = count;

  async function ask(method: string, path: string) {
    const headers = {
      'X-Way': pick(ways),
      'X-Wait': String(Math.floor(random() * (MAX_WAIT + 1))),
      Host: 'cells',
    };
    const began = history.tick();
    const answer = await fetch(pick(origins) + path, { method, headers });
    const body = (await answer.json()) as Record<string, number>;
    const ended = history.tick();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(body)}`);
    const outcome = answer.headers.get('x-cache') ?? 'WRITE';
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    return { body, began, ended };
  }

  async function client() {
    while (left-- > 0) {
      const [choice, cell] = [random(), pick(cellNames)];
      if (choice < 0.12) {
        const { body, ...when } = await ask('POST', `/cells/${cell}`);
        history.operations.push({ kind: 'write', cell, value: body['value']!, ...when });
      } else if (choice < 0.15) {
        await ask('POST', `/regrets/${cell}`);
      } else {
        const { body, ...when } = await ask('GET', choice < 0.5 ? '/all' : `/cells/${cell}`);
        for (const [name, value] of Object.entries(body))
          history.operations.push({ kind: 'read', cell: name, value, ...when });
      }
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return { history, outcomes };
}
