import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from '@jest/globals';
import { Injectable, type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createClient } from 'redis';
import { describeWith } from '../../../../test/support/servers.js';
import {
  Receiver,
  Signal,
  SignalDispatcher,
  type SignalEvent,
  SignalsModule,
  type TransactionHooks,
} from '../index.js';
import { SignalQueuesModule, type SignalQueuesOptions } from './index.js';

interface Placed {
  id: bigint;
  at: Date;
}
const orderPlaced = new Signal<Placed>('orderPlaced');
const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** Resolves when it has been called `times` times. */
function calls(times: number): { done: Promise<void>; call(): void } {
  let resolve!: () => void;
  const done = new Promise<void>((settle) => (resolve = settle));
  return { done, call: () => void (--times === 0 && resolve()) };
}

it('refuses to start without queues', async () => {
  @Injectable()
  class Printer {
    @Receiver(orderPlaced, { queue: 'orders' })
    print(): void {}
  }
  @Module({ imports: [SignalsModule.forRoot()], providers: [Printer] })
  class AppModule {}
  await expect(
    NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false }),
  ).rejects.toThrow(
    'The receiver Printer.print works in the queue "orders" and no queues are configured: import SignalQueuesModule.forRoot({ connection }) from "@nest-quintet/signals/bullmq".',
  );
});

describeWith('redis', '@Receiver(…, { queue })', (servers) => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    await servers.redis.flush();
  });

  async function start(
    receiver: Type,
    options: Partial<SignalQueuesOptions> = {},
  ): Promise<INestApplicationContext> {
    const connection = createClient({ url: servers.redis.url });
    connection.on('error', () => {});
    await connection.connect();
    closing.push(async () => connection.destroy());
    @Module({
      imports: [SignalsModule.forRoot(), SignalQueuesModule.forRoot({ connection: connection, ...options })],
      providers: [receiver],
    })
    class AppModule {}
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
    closing.push(() => app.close());
    return app;
  }

  it('runs the method in a worker, with the event as it was sent', async () => {
    const heard: SignalEvent<Placed>[] = [];
    const { done, call } = calls(1);
    @Injectable()
    class Printer {
      @Receiver(orderPlaced, { queue: 'orders' })
      print(event: SignalEvent<Placed>): void {
        heard.push(event);
        call();
      }
    }
    await start(Printer);
    const at = new Date('2026-01-02T03:04:05Z');
    expect(await orderPlaced.send('shop', { id: 7n, at })).toEqual([]);
    await done;
    expect(heard).toEqual([{ signal: orderPlaced, sender: 'shop', id: 7n, at }]);
  });

  it('tries again when the method fails', async () => {
    let attempts = 0;
    const { done, call } = calls(3);
    @Injectable()
    class Printer {
      @Receiver(orderPlaced, { queue: 'orders' })
      print(): void {
        call();
        if (++attempts < 3) throw new Error('paper jam');
      }
    }
    await start(Printer, { job: { attempts: 5, backoff: { type: 'fixed', delay: 1 } } });
    await orderPlaced.send('shop', { id: 1n, at: new Date() });
    await done;
    expect(attempts).toBe(3);
  });

  it('adds the job after the commit, and none after a rollback', async () => {
    const heard: bigint[] = [];
    const { done, call } = calls(1);
    @Injectable()
    class Printer {
      @Receiver(orderPlaced, { queue: 'orders' })
      print({ id }: SignalEvent<Placed>): void {
        heard.push(id);
        call();
      }
    }
    const app = await start(Printer);
    const hooks: (() => unknown)[] = [];
    const transaction: TransactionHooks = {
      inAtomicBlock: () => true,
      onCommit: (fn) => void hooks.push(fn),
      atomic: (fn) => fn(),
    };
    app.get(SignalDispatcher).useTransactions(transaction);
    await orderPlaced.send('shop', { id: 1n, at: new Date() });
    hooks.length = 0;
    await orderPlaced.send('shop', { id: 2n, at: new Date() });
    for (const hook of hooks) await hook();
    await done;
    expect(heard).toEqual([2n]);
  });

  it('runs a job again whose worker was killed in the middle of it', async () => {
    const { done, call } = calls(1);
    @Injectable()
    class Printer {
      @Receiver(orderPlaced, { queue: 'orders' })
      print(): void {
        call();
      }
    }
    const doomed = spawn(process.execPath, ['--input-type=module', '-e', doomedWorker], {
      cwd: root,
      env: { ...process.env, NODE_OPTIONS: '', REDIS_URL: servers.redis.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(doomed.stdout, 'data')) as [Buffer];
    expect(said.toString()).toBe('in the middle of it\n');
    doomed.kill('SIGKILL');
    await once(doomed, 'exit');
    await start(Printer, { lockDuration: 500 });
    await done;
  });
});

/** A process that takes the job of its own event and never ends it. */
const doomedWorker = `
  import { createClient } from 'redis';
  import { SignalQueues } from '@nest-quintet/signals/bullmq';
  import { Signal } from '@nest-quintet/signals';
  const connection = await createClient({ url: process.env.REDIS_URL }).connect();
  const queues = new SignalQueues({ connection, lockDuration: 500 }, console);
  const signal = new Signal('orderPlaced');
  const call = () => new Promise(() => process.stdout.write('in the middle of it\\n'));
  const add = queues.register({ queue: 'orders', name: 'Printer.print', signals: [signal], call });
  queues.start();
  await add({ signal, sender: 'shop', id: 1n, at: new Date() });
`;
