import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { disconnectAll, Signal, SignalDispatcher, type TransactionHooks } from './index.js';

interface Placed {
  order: number;
}

let orderPlaced: Signal<Placed>;
let log: string[];
const quiet = { error: () => {} };

beforeEach(() => {
  orderPlaced = new Signal<Placed>('orderPlaced');
  log = [];
});
afterEach(() => disconnectAll());

const a = () => void log.push('a');
const b = () => void log.push('b');

describe('Signal.connect()', () => {
  it('connects the same receiver to the same sender once', async () => {
    orderPlaced.connect(a);
    orderPlaced.connect(a);
    expect(await orderPlaced.send('shop', { order: 1 })).toHaveLength(1);
  });

  it('connects one receiver both to a sender and to all', async () => {
    orderPlaced.connect(a);
    orderPlaced.connect(a, { sender: 'shop' });
    expect(await orderPlaced.send('shop', { order: 1 })).toHaveLength(2);
    expect(await orderPlaced.send('other', { order: 1 })).toHaveLength(1);
  });

  it('keeps the first of two receivers with one dispatchUid', async () => {
    orderPlaced.connect(a, { dispatchUid: 'index' });
    orderPlaced.connect(b, { dispatchUid: 'index' });
    await orderPlaced.send('shop', { order: 1 });
    expect(log).toEqual(['a']);
  });

  it('calls one receiver once for every dispatchUid', async () => {
    orderPlaced.connect(a, { dispatchUid: 'one' });
    orderPlaced.connect(a, { dispatchUid: 'two' });
    await orderPlaced.send('shop', { order: 1 });
    expect(log).toEqual(['a', 'a']);
  });

  it('takes null for every sender', async () => {
    orderPlaced.connect(a, { sender: null });
    await orderPlaced.send('shop', { order: 1 });
    expect(log).toEqual(['a']);
  });

  it('compares senders by identity', async () => {
    const shop = {};
    orderPlaced.connect(a, { sender: shop });
    await orderPlaced.send({}, { order: 1 });
    expect(log).toEqual([]);
    await orderPlaced.send(shop, { order: 1 });
    expect(log).toEqual(['a']);
  });

  it('returns a handle that disconnects', () => {
    const connection = orderPlaced.connect(a);
    connection[Symbol.dispose]();
    expect(orderPlaced.hasReceivers()).toBe(false);
  });

  it('puts a receiver that connects again at the end', async () => {
    orderPlaced.connect(a);
    orderPlaced.connect(b);
    orderPlaced.disconnect(a);
    orderPlaced.connect(a);
    await orderPlaced.send('shop', { order: 1 });
    expect(log).toEqual(['b', 'a']);
  });
});

describe('Signal.disconnect()', () => {
  it('tells whether the receiver was connected', () => {
    orderPlaced.connect(a);
    expect(orderPlaced.disconnect(a)).toBe(true);
    expect(orderPlaced.disconnect(a)).toBe(false);
  });

  it('needs the sender that was connected to', () => {
    orderPlaced.connect(a, { sender: 'shop' });
    expect(orderPlaced.disconnect(a)).toBe(false);
    expect(orderPlaced.disconnect(a, { sender: 'shop' })).toBe(true);
  });

  it('finds a receiver by its dispatchUid alone', () => {
    orderPlaced.connect(a, { dispatchUid: 'index' });
    expect(orderPlaced.disconnect(undefined, { dispatchUid: 'index' })).toBe(true);
  });
});

describe('Signal.hasReceivers()', () => {
  it('looks at the sender', () => {
    orderPlaced.connect(a, { sender: 'shop' });
    expect(orderPlaced.hasReceivers('shop')).toBe(true);
    expect(orderPlaced.hasReceivers('other')).toBe(false);
  });
});

describe('Signal.send()', () => {
  it('returns an empty list when nobody listens', async () => {
    expect(await orderPlaced.send('shop', { order: 1 })).toEqual([]);
  });

  it('gives receivers the payload, the sender and the signal', async () => {
    const receiver = (event: unknown) => event;
    orderPlaced.connect(receiver);
    expect(await orderPlaced.send('shop', { order: 7 })).toEqual([
      [receiver, { order: 7, sender: 'shop', signal: orderPlaced }],
    ]);
  });

  it('awaits each receiver before it calls the next', async () => {
    orderPlaced.connect(async () => {
      log.push('slow begins');
      await new Promise((resolve) => setImmediate(resolve));
      log.push('slow ends');
    });
    orderPlaced.connect(a);
    await orderPlaced.send('shop', { order: 1 });
    expect(log).toEqual(['slow begins', 'slow ends', 'a']);
  });

  it('stops at the first error and passes it on', async () => {
    orderPlaced.connect(a);
    orderPlaced.connect(() => {
      throw new Error('out of stock');
    });
    orderPlaced.connect(b);
    await expect(orderPlaced.send('shop', { order: 1 })).rejects.toThrow('out of stock');
    expect(log).toEqual(['a']);
  });

  it('still calls a receiver that is disconnected during the send', async () => {
    orderPlaced.connect(() => orderPlaced.disconnect(a));
    orderPlaced.connect(a);
    expect(await orderPlaced.send('shop', { order: 1 })).toHaveLength(2);
    expect(await orderPlaced.send('shop', { order: 1 })).toHaveLength(1);
  });

  it('calls a receiver that is connected during the send from the next one on', async () => {
    orderPlaced.connect(() => void orderPlaced.connect(b));
    expect(await orderPlaced.send('shop', { order: 1 })).toHaveLength(1);
    expect(await orderPlaced.send('shop', { order: 1 })).toHaveLength(2);
  });

  it('finishes a signal that a receiver sends before the next receiver runs', async () => {
    const inner = new Signal('inner');
    inner.connect(b);
    orderPlaced.connect(async () => {
      log.push('begins');
      await inner.send('shop');
      log.push('ends');
    });
    orderPlaced.connect(a);
    await orderPlaced.send('shop', { order: 1 });
    expect(log).toEqual(['begins', 'b', 'ends', 'a']);
  });
});

describe('Signal.sendRobust()', () => {
  it('calls every receiver, returns errors in the place of results and logs them', async () => {
    const logged: string[] = [];
    const dispatcher = new SignalDispatcher();
    dispatcher.useLogger({ error: (message) => logged.push(message) });
    const outOfStock = new Error('out of stock');
    dispatcher.connect(orderPlaced, function takeFromStock() {
      throw outOfStock;
    });
    dispatcher.connect(orderPlaced, () => 'printed');
    const results = await dispatcher.sendRobust(orderPlaced, 'shop', { order: 1 });
    expect(results.map(([, result]) => result)).toEqual([outOfStock, 'printed']);
    expect(logged).toEqual(['The receiver takeFromStock of the signal "orderPlaced" failed: out of stock']);
  });

  it('makes an error of what is thrown and is none', async () => {
    const dispatcher = new SignalDispatcher();
    dispatcher.useLogger(quiet);
    dispatcher.connect(orderPlaced, () => {
      // eslint-disable-next-line typescript/only-throw-error -- this is what the case is about
      throw 'paper jam';
    });
    const [[, result] = []] = await dispatcher.sendRobust(orderPlaced, 'shop', { order: 1 });
    expect(result).toEqual(new Error('paper jam'));
  });
});

describe("connect(…, { on: 'commit' })", () => {
  function transaction(): TransactionHooks & { open: boolean; commit(): Promise<void> } {
    const hooks: (() => unknown)[] = [];
    return {
      open: true,
      inAtomicBlock() {
        return this.open;
      },
      onCommit: (fn) => void hooks.push(fn),
      atomic: (fn) => fn(),
      async commit() {
        this.open = false;
        for (const hook of hooks) await hook();
      },
    };
  }

  it('runs at once outside of a transaction', async () => {
    const dispatcher = new SignalDispatcher();
    dispatcher.connect(orderPlaced, a, { on: 'commit' });
    expect(await dispatcher.send(orderPlaced, 'shop', { order: 1 })).toEqual([]);
    expect(log).toEqual(['a']);
  });

  it('waits for the commit of the surrounding transaction', async () => {
    const dispatcher = new SignalDispatcher();
    const database = transaction();
    dispatcher.useTransactions(database);
    dispatcher.connect(orderPlaced, a, { on: 'commit' });
    dispatcher.connect(orderPlaced, b);
    await dispatcher.send(orderPlaced, 'shop', { order: 1 });
    expect(log).toEqual(['b']);
    await database.commit();
    expect(log).toEqual(['b', 'a']);
  });

  it('waits for the transaction of the database that the payload names', async () => {
    const dispatcher = new SignalDispatcher();
    const [main, other] = [transaction(), transaction()];
    dispatcher.useTransactions(main);
    dispatcher.useTransactions(other, 'other');
    const saved = new Signal<{ using: string }>('saved');
    dispatcher.connect(saved, a, { on: 'commit' });
    await dispatcher.send(saved, 'Book', { using: 'other' });
    await main.commit();
    expect(log).toEqual([]);
    await other.commit();
    expect(log).toEqual(['a']);
  });

  it('logs an error that the sender does not see', async () => {
    const logged: string[] = [];
    const dispatcher = new SignalDispatcher();
    dispatcher.useLogger({ error: (message) => logged.push(message) });
    dispatcher.connect(
      orderPlaced,
      () => {
        throw new Error('mail server is down');
      },
      { on: 'commit' },
    );
    await dispatcher.send(orderPlaced, 'shop', { order: 1 });
    expect(logged).toEqual([expect.stringContaining('mail server is down')]);
  });
});

describe('SignalDispatcher', () => {
  it('calls the receivers of the process and its own in connect order', async () => {
    const parent = new SignalDispatcher();
    const dispatcher = new SignalDispatcher(parent);
    dispatcher.connect(orderPlaced, a);
    parent.connect(orderPlaced, b);
    dispatcher.connect(orderPlaced, () => void log.push('c'));
    await dispatcher.send(orderPlaced, 'shop', { order: 1 });
    expect(log).toEqual(['a', 'b', 'c']);
  });

  it('keeps its receivers from what another one sends', async () => {
    const [one, other] = [new SignalDispatcher(), new SignalDispatcher()];
    one.connect(orderPlaced, a);
    await other.send(orderPlaced, 'shop', { order: 1 });
    expect(log).toEqual([]);
  });

  it('is the one that a plain send means inside its run()', async () => {
    const dispatcher = new SignalDispatcher();
    dispatcher.connect(orderPlaced, a);
    await dispatcher.run(() => orderPlaced.send('shop', { order: 1 }));
    await orderPlaced.send('shop', { order: 1 });
    expect(log).toEqual(['a']);
  });

  it('stays silent about a muted signal until every mute has ended', async () => {
    const dispatcher = new SignalDispatcher();
    dispatcher.connect(orderPlaced, a);
    const [first, second] = [dispatcher.mute(orderPlaced), dispatcher.mute(orderPlaced)];
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    expect(dispatcher.isHeard(orderPlaced)).toBe(false);
    second[Symbol.dispose]();
    await dispatcher.send(orderPlaced, 'shop', { order: 1 });
    expect(log).toEqual(['a']);
  });
});
