import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import type { Engine, Session } from '@nest-quintet/sessions';
import request from 'supertest';
import type { RecordedCase } from '../evaluator.js';
import { isNamed, Namespace, native, Program, pythonNames, type Statement } from '../python/index.js';
import { auth, userNames } from './application-login.js';
import { Encoder } from './encoder.js';
import { timedelta, utc } from './python-values.js';
import { SessionObject } from './session-object.js';
import { toOptions } from './session-settings.js';
import { openSite, type Site } from './session-site.js';
import { digest, type SessionStore } from './session-stores.js';

/** Where the clock of every case stands at its start. */
export const RECORDED_AT = '2024-05-01T12:00:00Z';

export interface SessionCase extends RecordedCase {
  readonly given: { readonly settings: Record<string, unknown>; readonly engines: readonly string[] };
  readonly steps: readonly { readonly request: RecordedRequest }[];
  readonly observed: readonly Observed[];
  readonly differs?: Readonly<Record<string, readonly Observed[]>>;
}

interface RecordedRequest {
  readonly ops_ast?: readonly (readonly Statement[])[];
  readonly client?: string;
  readonly cookie?: string;
  readonly method?: string;
  readonly status?: number;
  readonly raise?: boolean;
  readonly advance?: number;
}

export interface Observed {
  readonly ops?: readonly unknown[];
  readonly [field: string]: unknown;
}

/** Runs the requests of one case on one engine. */
export class CaseRun {
  readonly #encoder: Encoder;
  /** The value of each client's session cookie. */
  readonly #cookies = new Map<string, string>();
  readonly #user = userNames();
  readonly #cookieName: string;

  private constructor(
    private readonly site: Site,
    private readonly store: SessionStore,
    cookieName: string,
  ) {
    this.#cookieName = cookieName;
    this.#encoder = new Encoder(cookieName);
  }

  static async observe(
    recorded: SessionCase,
    store: SessionStore,
    expected: readonly Observed[],
  ): Promise<unknown[]> {
    const options = toOptions(recorded.given.settings);
    jest.setSystemTime(new Date(RECORDED_AT));
    const site = await openSite(store.engine, {
      ...(store.engine.isSealed && { secret: 'secret' }),
      ...options,
    });
    try {
      const run = new CaseRun(site, store, options.cookieName ?? 'sessionid');
      const observed: unknown[] = [];
      for (const [index, step] of recorded.steps.entries()) {
        observed.push(await run.#send(step.request, expected[index]?.ops ?? []));
      }
      return observed;
    } finally {
      await site.app.close();
      await store.close?.();
    }
  }

  async #send(recorded: RecordedRequest, expectedOps: readonly unknown[]): Promise<unknown> {
    const { client = 'A', method = 'GET', ops_ast: programs = [], advance = 0 } = recorded;
    jest.setSystemTime(Date.now() + advance * 1000);
    if (recorded.cookie !== undefined) this.#manipulate(client, recorded.cookie);
    const ops: unknown[] = [];
    let flags: unknown;

    this.site.visit(async (session) => {
      this.#see(session);
      const program = new Program(this.#names(session, this.store.engine));
      for (const [index, statements] of programs.entries()) {
        ops.push(await this.#run(program, statements, expectedOps[index]));
      }
      this.#see(session);
      flags = { accessed: session.accessed, modified: session.modified, is_empty: session.isEmpty() };
      if (recorded.raise) throw new Error('raised by the view');
      return recorded.status ?? 200;
    });

    const { port } = this.site.app.getHttpServer().address() as { port: number };
    const sent = request(`http://127.0.0.1:${port}`)[method.toLowerCase() as 'get']('/');
    const cookie = this.#cookies.get(client);
    if (cookie !== undefined) void sent.set('Cookie', `${this.#cookieName}=${cookie}`);
    const { status, headers } = await sent;
    const setCookies = (headers['set-cookie'] as unknown as string[] | undefined) ?? [];
    this.#keep(client, setCookies);
    return {
      status,
      ...(programs.length > 0 && { ops: ops.map((op) => this.#encoder.value(op)) }),
      session: flags,
      set_cookie: setCookies.map((each) => this.#encoder.setCookie(each)),
      vary: headers.vary ?? null,
      ...(this.store.rows && {
        stored: this.#encoder.stored(await this.store.rows(this.#encoder.keys.map(digest))),
      }),
    };
  }

  async #run(program: Program, statements: readonly Statement[], expected: unknown): Promise<unknown> {
    try {
      return (await program.run(statements)) ?? null;
    } catch (error) {
      const name = (expected as { error?: string } | null)?.error;
      return { error: name !== undefined && isNamed(error, name) ? name : pythonNames(error)[0] };
    }
  }

  #names(session: Session, engine: Engine): Record<string, unknown> {
    const object = new SessionObject(session);
    return {
      session: object,
      request: new Namespace({ session: object }),
      auth,
      user: this.#user,
      utc,
      timedelta,
      delete_from_store: native('delete_from_store', async () => {
        if (session.sessionKey !== undefined) await engine.drop(session.sessionKey);
        return null;
      }),
    };
  }

  #see(session: Session): void {
    if (session.sessionKey !== undefined) this.#encoder.see(session.sessionKey);
  }

  #keep(client: string, setCookies: readonly string[]): void {
    for (const setCookie of setCookies) {
      const [name, value] = setCookie.split(';')[0]!.split('=') as [string, string];
      if (name !== this.#cookieName) continue;
      this.#cookies.set(client, value);
      if (value !== '') this.#encoder.see(value);
    }
  }

  #manipulate(client: string, how: string): void {
    const own = this.#cookies.get(client) ?? '';
    const copied = /^copy of client (.+)$/.exec(how)?.[1];
    if (copied !== undefined) this.#cookies.set(client, this.#cookies.get(copied) ?? '');
    else if (how === 'garbage') this.#cookies.set(client, 'not-a-valid-value');
    else if (how === 'unknown') this.#cookies.set(client, randomBytes(32).toString('base64url'));
    else if (how === 'tampered')
      this.#cookies.set(client, own.slice(0, -1) + (own.endsWith('A') ? 'B' : 'A'));
    else throw new Error(`No way is known to make a cookie "${how}".`);
  }
}
