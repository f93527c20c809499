import { applications } from './applications.js';
import { callInOrder } from './call-in-order.js';
import type { Isolate, SignalCarrier, SignalLogger } from './carrier.js';
import { type Connection, Connections, inConnectOrder } from './connections.js';
import type { ConnectOptions, SignalReceiver, SignalEvent, SignalResult } from './event.js';
import type { Signal } from './signal.js';
import { SignalTrace } from './signal-fact.js';
import type { TransactionHooks } from './transaction-hooks.js';

type AnySignal = Signal<any, any>;
type Observer = (event: SignalEvent) => void;

const nobody: readonly Connection[] = [];

/**
 * Holds the connections of one application and calls its receivers.
 *
 * Inject it to send a signal where several applications share the process; elsewhere `signal.send()` finds it.
 */
export class SignalDispatcher {
  readonly #connections = new Map<AnySignal, Connections>();
  readonly #transactions = new Map<string, TransactionHooks>();
  readonly #muted = new Map<AnySignal, number>();
  readonly #observers = new Set<Observer>();
  #carrier: SignalCarrier | undefined;
  #logger: SignalLogger = console;
  #prepare: (() => void) | undefined;

  /** @param parent The dispatcher whose receivers hear everything that this one sends. */
  constructor(private readonly parent?: SignalDispatcher) {}

  /** Connects a receiver; see {@link Signal.connect}. */
  connect<P extends object, S>(
    signal: Signal<P, S>,
    receiver: SignalReceiver<NoInfer<P>, NoInfer<S>>,
    { sender, dispatchUid, on = 'send' }: ConnectOptions<NoInfer<S>> = {},
  ): Disposable {
    let connections = this.#connections.get(signal);
    if (connections === undefined) this.#connections.set(signal, (connections = new Connections()));
    const connection = connections.add({
      receiver,
      sender: sender ?? undefined,
      identity: dispatchUid ?? receiver,
      on,
    });
    return { [Symbol.dispose]: () => void this.#remove(signal, connection) };
  }

  /** Disconnects a receiver; see {@link Signal.disconnect}. */
  disconnect<P extends object, S>(
    signal: Signal<P, S>,
    receiver?: SignalReceiver<NoInfer<P>, NoInfer<S>>,
    { sender, dispatchUid }: Pick<ConnectOptions<NoInfer<S>>, 'sender' | 'dispatchUid'> = {},
  ): boolean {
    return this.#remove(signal, { identity: dispatchUid ?? receiver, sender: sender ?? undefined });
  }

  /** Disconnects every receiver of one signal, or of all signals. */
  disconnectAll(signal?: AnySignal): void {
    if (signal === undefined) this.#connections.clear();
    else this.#connections.delete(signal);
  }

  /** Tells whether a receiver is connected that hears this sender. */
  hasReceivers<P extends object, S>(signal: Signal<P, S>, sender?: NoInfer<S>): boolean {
    return this.#receivers(signal, sender).length > 0;
  }

  /** Tells whether sending would reach anybody: a receiver, an `@OnEvent()` listener or an observer. */
  isHeard<P extends object, S>(signal: Signal<P, S>, sender?: NoInfer<S>): boolean {
    return (
      this.#receivers(signal, sender).length > 0 ||
      (!this.#muted.has(signal) &&
        (this.#observers.size > 0 || this.#carrier?.hears(signal.name, sender) === true))
    );
  }

  /** Calls the receivers in connect order; see {@link Signal.send}. */
  send<P extends object, S>(
    signal: Signal<P, S>,
    sender: NoInfer<S>,
    payload?: NoInfer<P>,
  ): Promise<SignalResult<P, S>[]> {
    return this.#dispatch(signal, sender, payload, false);
  }

  /** Calls every receiver whatever the others do; see {@link Signal.sendRobust}. */
  sendRobust<P extends object, S>(
    signal: Signal<P, S>,
    sender: NoInfer<S>,
    payload?: NoInfer<P>,
  ): Promise<SignalResult<P, S>[]> {
    return this.#dispatch(signal, sender, payload, true);
  }

  /** Makes this application the one that plain `signal.send()` means in everything that `fn` calls. */
  run<T>(fn: () => T): T {
    return applications.run(this, fn);
  }

  /**
   * Tells the dispatcher of a database's transactions, so that `on: 'commit'` receivers wait for them.
   *
   * @param using The database's alias. A signal whose payload has no `using` waits for the first open transaction.
   */
  useTransactions(hooks: TransactionHooks, using = 'default'): Disposable {
    this.#transactions.set(using, hooks);
    return {
      [Symbol.dispose]: () => {
        if (this.#transactions.get(using) === hooks) this.#transactions.delete(using);
      },
    };
  }

  /** Sets what carries sent signals on to listeners that are no receivers. */
  useCarrier(carrier: SignalCarrier | undefined): void {
    this.#carrier = carrier;
  }

  /** Sets where failures are told that reach no sender. */
  useLogger(logger: SignalLogger): void {
    this.#logger = logger;
  }

  /** Sets what connects the receivers of the application, to be called once before the first signal is looked at. */
  prepareWith(prepare: () => void): void {
    this.#prepare = prepare;
  }

  /** Calls what {@link prepareWith} was given, unless a signal has done so. */
  prepare(): void {
    const prepare = this.#prepare;
    this.#prepare = undefined;
    prepare?.();
  }

  /** Calls `observer` with every event that is sent, before its receivers. */
  observe(observer: Observer): Disposable {
    this.#observers.add(observer);
    return { [Symbol.dispose]: () => void this.#observers.delete(observer) };
  }

  /** Sends nothing of this signal until the returned handle is disposed of. */
  mute(signal: AnySignal): Disposable {
    this.#muted.set(signal, (this.#muted.get(signal) ?? 0) + 1);
    let muted = true;
    return {
      [Symbol.dispose]: () => {
        if (!muted) return;
        muted = false;
        const others = (this.#muted.get(signal) ?? 1) - 1;
        if (others === 0) this.#muted.delete(signal);
        else this.#muted.set(signal, others);
      },
    };
  }

  #remove(signal: AnySignal, connection: Pick<Connection, 'identity' | 'sender'>): boolean {
    const connections = this.#connections.get(signal);
    const removed = connections?.remove(connection) ?? false;
    if (connections?.isEmpty === true) this.#connections.delete(signal);
    return removed;
  }

  #receivers(signal: AnySignal, sender: unknown): readonly Connection[] {
    if (this.#prepare !== undefined) this.prepare();
    if (this.#muted.size > 0 && this.#muted.has(signal)) return nobody;
    const own = this.#connections.get(signal)?.of(sender) ?? nobody;
    return this.parent === undefined ? own : inConnectOrder(own, this.parent.#receivers(signal, sender));
  }

  #dispatch(
    signal: AnySignal,
    sender: unknown,
    payload: object | undefined,
    robust: boolean,
  ): Promise<SignalResult<any, any>[]> {
    const receivers = this.#receivers(signal, sender);
    if (receivers.length === 0 && !this.isHeard(signal, sender)) return Promise.resolve([]);
    // The payload comes last because a literal that begins with a spread is forty times slower to make.
    const event: SignalEvent = { signal, sender, ...payload };
    // Receivers may send further signals, and those belong to this application too.
    return applications.areSeveral
      ? this.run(() => this.#deliver(receivers, event, robust))
      : this.#deliver(receivers, event, robust);
  }

  #deliver(
    receivers: readonly Connection[],
    event: SignalEvent,
    robust: boolean,
  ): Promise<SignalResult<any, any>[]> {
    if (this.#observers.size > 0) for (const observer of this.#observers) observer(event);
    const trace = SignalTrace.begin(receivers, event);
    const results =
      trace === undefined
        ? this.#call(receivers, event, robust)
        : trace.end(this.#call(trace.connections, event, robust));
    const carrier = this.#carrier;
    return carrier?.hears(event.signal.name, event.sender) === true
      ? results.then((called) => carrier.carry(event, this.#isolation(event)).then(() => called))
      : results;
  }

  #call(
    receivers: readonly Connection[],
    event: SignalEvent,
    robust: boolean,
  ): Promise<SignalResult<any, any>[]> {
    return robust
      ? this.#callAll(receivers, event)
      : callInOrder(receivers, event, (connection) => this.#callAfterCommit(connection, event));
  }

  async #callAll(receivers: readonly Connection[], event: SignalEvent): Promise<SignalResult<any, any>[]> {
    const results: SignalResult<any, any>[] = [];
    for (const connection of receivers) {
      if (connection.on === 'commit') await this.#callAfterCommit(connection, event);
      else results.push([connection.receiver, await this.#callRobustly(connection, event)]);
    }
    return results;
  }

  async #callRobustly({ receiver }: Connection, event: SignalEvent): Promise<unknown> {
    try {
      return await receiver(event);
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
      this.#logger.error(
        `The receiver ${receiver.name || '(anonymous)'} of the signal "${event.signal.name}" failed: ${error.message}`,
        error.stack,
      );
      return error;
    }
  }

  async #callAfterCommit(connection: Connection, event: SignalEvent): Promise<void> {
    const transaction = this.#openTransaction(event);
    if (transaction === undefined) await this.#callRobustly(connection, event);
    else transaction.onCommit(() => this.#callRobustly(connection, event), { robust: true });
  }

  /** Listeners never fail their sender, so a statement of theirs that fails must not spoil its transaction. */
  #isolation(event: SignalEvent): Isolate | undefined {
    const transaction = this.#openTransaction(event);
    return transaction && ((fn) => transaction.atomic(fn));
  }

  #openTransaction(event: SignalEvent & { using?: unknown }): TransactionHooks | undefined {
    const named = typeof event.using === 'string' ? this.#transactions.get(event.using) : undefined;
    const candidates = named === undefined ? this.#transactions.values() : [named];
    for (const hooks of candidates) if (hooks.inAtomicBlock()) return hooks;
    return undefined;
  }
}
