import { gotRequestException, requestFinished, requestStarted } from '@nest-quintet/middleware';
import { m2mChanged, postDelete, postSave, preDelete, preSave, type PrismaDatabase } from '@nest-quintet/orm';
import {
  overrideSettings,
  settingChanged,
  Signal,
  type SignalDispatcher,
  type SignalEvent,
} from '@nest-quintet/signals';
import { userLoggedIn, userLoggedOut, userLoginFailed } from '@nest-quintet/signals/auth';
import { inPython } from '../orm/errors.js';
import { pythonName } from '../orm/naming.js';
import {
  call,
  HostObject,
  type Keywords,
  Namespace,
  native,
  Program,
  PythonFunction,
  pythonNames,
  type Value,
} from '../python/index.js';
import type { Statement } from '../python/syntax.js';
import { clientOf } from './site-client.js';
import { requestFactory, SiteSession, SiteUsers } from './site-users.js';
import type { Site } from './site.js';
import { djangoField, Instance, ModelClass, Models, Rows, Through, typeError } from './signal-models.js';

type AnySignal = Signal<any, any>;

const modelSignals: Record<string, AnySignal> = {
  pre_save: preSave,
  post_save: postSave,
  pre_delete: preDelete,
  post_delete: postDelete,
  m2m_changed: m2mChanged,
};

const requestSignals: Record<string, AnySignal> = {
  request_started: requestStarted,
  request_finished: requestFinished,
  got_request_exception: gotRequestException,
};

const otherSignals: Record<string, AnySignal> = {
  user_logged_in: userLoggedIn,
  user_logged_out: userLoggedOut,
  user_login_failed: userLoginFailed,
  setting_changed: settingChanged,
};

/** The payload's names that Django has, in its spelling. */
const payloads: Record<string, readonly string[]> = {
  pre_save: ['instance', 'raw', 'using', 'update_fields'],
  post_save: ['instance', 'created', 'raw', 'using', 'update_fields'],
  pre_delete: ['instance', 'using', 'origin'],
  post_delete: ['instance', 'using', 'origin'],
  m2m_changed: ['instance', 'using', 'action', 'reverse', 'model', 'pk_set'],
  request_started: ['has_environ'],
  request_finished: [],
  got_request_exception: [],
  user_logged_in: ['user', 'has_request'],
  user_logged_out: ['user', 'has_request'],
  user_login_failed: ['credentials', 'has_request'],
  setting_changed: ['setting', 'value', 'enter'],
};

/** One case: a program that connects receivers and writes, and the log of what they heard. */
export class SignalCase {
  readonly #events: unknown[] = [];
  readonly #models: Models;
  readonly #users: SiteUsers;
  readonly #settings = {};
  readonly #program: Program;

  constructor(
    private readonly site: Site,
    given: string,
  ) {
    this.#models = new Models(site.database);
    this.#users = new SiteUsers(this.#models, site.dispatcher);
    site.log.write = (line) => void this.#events.push(line);
    const names = this.#names();
    this.#program = new Program(names);
    for (const name of recorded(given)) {
      void (names[name] as SignalObject | undefined)?.connect(names.recorder as HostObject, {});
    }
  }

  /** Runs one step; returns what is recorded of a step. */
  async step(statements: readonly Statement[]): Promise<object> {
    this.#events.length = 0;
    try {
      const value = await this.site.dispatcher.run(() => this.#program.run(statements));
      const events = [...this.#events];
      return value === undefined ? { events } : { returns: await this.#encode(value), events };
    } catch (error) {
      return {
        error: pythonNames(
          await inPython(() => Promise.reject(error as Error)).catch((one: unknown) => one),
        )[0],
        events: [...this.#events],
      };
    }
  }

  #names(): Record<string, Value> {
    const signals = Object.fromEntries(
      Object.entries({ ...modelSignals, ...requestSignals, ...otherSignals }).map(([name, signal]) => [
        name,
        new SignalObject(this, signal, name),
      ]),
    );
    return {
      ...this.#models.names(),
      ...signals,
      NAMES: new Map(Object.entries(signals).map(([name, signal]) => [signal, name])),
      log: native('log', ([value]) => this.#record(this.#encode(value))),
      recorder: native('recorder', (_, keywords) => this.#record(this.#encodeEvent(keywords))),
      Signal: native('Signal', () => new SignalObject(this, new Signal('signal'), 'signal')),
      receiver: native('receiver', ([which, ...rest], keywords) =>
        native('decorator', async ([fn]) => {
          for (const signal of [which].flat() as SignalObject[]) signal.connect(fn as HostObject, keywords);
          void rest;
          return fn;
        }),
      ),
      transaction: new Namespace({
        atomic: native('atomic', () => new AtomicBlock(this.site.database)),
        set_rollback: native('set_rollback', ([value]) => {
          this.site.database.setRollback(Boolean(value));
          return null;
        }),
        on_commit: native('on_commit', ([fn], { robust = false }) =>
          inPython(() => this.#onCommit(fn, Boolean(robust))),
        ),
      }),
      connection: new Namespace({}),
      Client: clientOf(this.site),
      EV: new Namespace({
        clear: native('clear', () => {
          this.#events.length = 0;
          return null;
        }),
      }),
      auth: this.#users.auth,
      RequestFactory: requestFactory,
      SessionStore: native('SessionStore', () => new SiteSession()),
      override_settings: native(
        'override_settings',
        (_, changes) => new OverriddenSettings(this.#settings, changes),
      ),
      CaptureQueriesContext: native('CaptureQueriesContext', () => new CapturedQueries(this.#models)),
    };
  }

  /** Takes a place in the list at once, and fills it when what is to stand there is known. */
  async #record(event: Promise<unknown>): Promise<null> {
    const events = this.#events;
    const place = events.push(null) - 1;
    const encoded = await event;
    if (place < events.length) events[place] = encoded;
    return null;
  }

  #onCommit(fn: Value, robust: boolean): null {
    if (!(fn instanceof HostObject)) throw typeError('on_commit() takes a callable.');
    this.site.database.onCommit(() => call(fn, []), { robust });
    return null;
  }

  get models(): Models {
    return this.#models;
  }

  get bus(): SignalDispatcher {
    return this.site.dispatcher;
  }

  async #encodeEvent(keywords: Keywords): Promise<unknown> {
    const name = (keywords.signal as SignalObject).name;
    const entries = await Promise.all(
      payloads[name]!.map(async (key) => [key, await this.#encode(keywords[key] ?? null)] as const),
    );
    return { signal: name, sender: nameOf(keywords.sender), ...Object.fromEntries(entries) };
  }

  async #encode(value: Value): Promise<unknown> {
    if (value instanceof Instance) return value.toText();
    if (value instanceof Rows) return `QuerySet<${value.model}>`;
    if (value instanceof ModelClass || value instanceof Through || value instanceof PythonFunction)
      return value.name;
    if (value instanceof SignalObject) return value.name;
    if (value instanceof Error) return { exception: pythonNames(value)[0], message: value.message };
    if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString() };
    if (value instanceof Set) return [...(value as Set<number>)].sort((a, b) => a - b);
    if (value instanceof Map) {
      const entries = await Promise.all(
        [...value].map(async ([key, one]) => [key, await this.#encode(one)] as const),
      );
      return Object.fromEntries(entries);
    }
    if (Array.isArray(value)) return Promise.all(value.map((one) => this.#encode(one)));
    return value instanceof HostObject ? nameOf(value) : value;
  }
}

/** A signal of the program, around one of ours. */
class SignalObject extends HostObject {
  readonly typeName = 'Signal';
  readonly #receivers = new Map<HostObject, (event: SignalEvent) => unknown>();

  constructor(
    private readonly running: SignalCase,
    private readonly signal: AnySignal,
    readonly name: string,
  ) {
    super();
  }

  override getAttribute(name: string): Value | undefined {
    const methods: Record<string, (args: readonly Value[], keywords: Keywords) => Value> = {
      connect: ([fn], keywords) => this.connect(fn as HostObject, keywords),
      disconnect: ([fn], { sender, dispatch_uid: dispatchUid }) => {
        const receiver = fn === undefined ? undefined : this.#receiver(fn as HostObject);
        const isDisconnected = this.running.bus.disconnect(this.signal, receiver, {
          sender: this.#sender(sender),
          dispatchUid: dispatchUid as string | undefined,
        });
        // A sender that is named by a text is looked up later, and so there is nothing to answer.
        return typeof sender === 'string' ? null : isDisconnected;
      },
      has_listeners: ([sender]) => this.running.bus.hasReceivers(this.signal, this.#sender(sender)),
      send: (_, keywords) => this.#send('send', keywords),
      send_robust: (_, keywords) => this.#send('sendRobust', keywords),
      asend: (_, keywords) => this.#send('send', keywords),
    };
    const method = methods[name];
    return method && native(name, (args, keywords) => method(args, keywords));
  }

  connect(fn: HostObject, { sender, dispatch_uid: dispatchUid }: Keywords): null {
    this.running.bus.connect(this.signal, this.#receiver(fn), {
      sender: this.#sender(sender),
      dispatchUid: dispatchUid as string | undefined,
    });
    return null;
  }

  async #send(method: 'send' | 'sendRobust', { sender = null, ...payload }: Keywords): Promise<Value> {
    const results = await this.running.bus[method](this.signal, this.#sender(sender) ?? null, payload);
    return results.map(([receiver, result]) => Object.freeze([this.#original(receiver), result ?? null]));
  }

  /** A model as the sender is its name to us; `"sigapp.Tag"` names one too. */
  #sender(sender: Value): Value {
    if (sender instanceof ModelClass || sender instanceof Through) return sender.name;
    if (typeof sender === 'string') return sender.replace(/^\w+\./, '');
    return sender ?? undefined;
  }

  #receiver(fn: HostObject): (event: SignalEvent) => unknown {
    let receiver = this.#receivers.get(fn);
    if (receiver === undefined) {
      receiver = (event) => call(fn, [], this.#keywords(event));
      this.#receivers.set(fn, receiver);
    }
    return receiver;
  }

  #original(receiver: unknown): Value {
    return [...this.#receivers].find(([, one]) => one === receiver)?.[0];
  }

  /** Says who sends signals that are not about models: Django has names of its own for them. */
  #otherKeywords(sender: unknown, { request, user, ...payload }: Record<string, any>): Keywords {
    if (this.signal === settingChanged) {
      return { signal: this, sender: 'UserSettingsHolder', ...payload, value: payload.value ?? null };
    }
    const named = this.signal === userLoginFailed ? 'django.contrib.auth' : user ? sender : 'NoneType';
    const instance = user && new Instance(this.running.models, sender as string, user, false);
    return {
      signal: this,
      sender: named,
      user: instance ?? null,
      has_request: request !== undefined,
      ...payload,
    };
  }

  #keywords({
    signal: _,
    sender,
    client: __,
    previous: ___,
    ...payload
  }: SignalEvent<Record<string, any>>): Keywords {
    const { models } = this.running;
    const isModelSignal = Object.values(modelSignals).includes(this.signal);
    if (Object.values(requestSignals).includes(this.signal)) {
      // A request and an environ are the same thing, and our pipeline is what Django's handler is.
      const isFirst = this.signal === requestStarted;
      return {
        signal: this,
        sender: isFirst ? 'ClientHandler' : null,
        ...(isFirst && { has_environ: payload.request !== undefined }),
      };
    }
    if (Object.values(otherSignals).includes(this.signal)) return this.#otherKeywords(sender, payload);
    if (!isModelSignal) return { signal: this, sender: sender ?? null, ...payload };
    const model =
      this.name === 'm2m_changed' ? modelOf(models, sender as string, payload.reverse) : (sender as string);
    const isAdding = this.name === 'pre_save' && payload.created;
    const { created, updateFields, pkSet, origin, action, model: other, instance, ...rest } = payload;
    return {
      signal: this,
      sender: this.name === 'm2m_changed' ? new Through(sender as string) : new ModelClass(models, model),
      instance: new Instance(models, model, instance, isAdding),
      ...rest,
      ...(this.name === 'post_save' && { created }),
      ...(this.name.endsWith('_save') && {
        update_fields:
          updateFields && updateFields.map((name: string) => djangoField(models.metadata(model), name)),
      }),
      ...(origin && {
        origin: origin.instance
          ? new Instance(models, origin.model, origin.instance)
          : new Rows(models, origin.model, origin.where),
      }),
      ...(action && { action: pythonName(action), pk_set: pkSet, model: new ModelClass(models, other) }),
    };
  }
}

/** `with override_settings(…):`, whose body runs as the callback of ours. */
class OverriddenSettings extends HostObject {
  readonly typeName = 'override_settings';

  constructor(
    private readonly settings: object,
    private readonly changes: Keywords,
  ) {
    super();
  }

  override around(body: () => Promise<void>): Promise<void> {
    return overrideSettings(this.settings, this.changes, body);
  }
}

/** The model of the row whose links change. */
function modelOf(models: Models, relation: string, reverse: boolean): string {
  return Object.values(models.database.schema.models).find(({ fields }) =>
    Object.values(fields).some(
      (field) =>
        field.kind === 'relation' &&
        field.relationName === relation &&
        field.through?.ownColumn === (reverse ? 'B' : 'A'),
    ),
  )!.name;
}

/** `with transaction.atomic():`, whose body runs inside of a block of ours. */
class AtomicBlock extends HostObject {
  readonly typeName = 'Atomic';

  constructor(readonly database: PrismaDatabase) {
    super();
  }

  /** Runs the body of the `with` as the callback of `atomic()`. */
  override around(body: () => Promise<void>): Promise<void> {
    return this.database.atomic(body);
  }
}

/** `with CaptureQueriesContext(connection) as c:`. */
class CapturedQueries extends HostObject {
  readonly typeName = 'CaptureQueriesContext';
  readonly #statements: string[] = [];
  #observing: Disposable | undefined;

  constructor(readonly models: Models) {
    super();
  }

  override enter(): Value {
    this.#observing = this.models.database.observe({
      statement: ({ sql }) => void (this.models.isCounting || this.#statements.push(sql)),
    });
    return this;
  }

  override exit(): void {
    this.#observing?.[Symbol.dispose]();
  }

  override getAttribute(name: string): Value | undefined {
    return name === 'captured_queries' ? this.#statements.map((sql) => new Map([['sql', sql]])) : undefined;
  }
}

/** The names of the signals that the recorder is connected to. */
function recorded(given: string): string[] {
  const [, names = ''] = /recorder (?:is )?connected[^:]*to: ([^.]*)\./.exec(given) ?? [];
  return names
    .replace(/\(.*?\)/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== 'nothing' && name !== '');
}

function nameOf(sender: Value): unknown {
  if (sender instanceof HostObject && 'name' in sender) return sender.name;
  return sender ?? null;
}
