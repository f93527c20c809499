import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Global,
  Inject,
  Injectable,
  Logger,
  Module,
  type ModuleMetadata,
  type OnModuleInit,
  Post,
  Scope,
} from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { NestFactory, REQUEST } from '@nestjs/core';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import supertest from 'supertest';
import {
  AmbiguousApplicationError,
  captureSignals,
  muteSignals,
  Receiver,
  Signal,
  SignalDispatcher,
  type SignalEvent,
  SignalsModule,
} from './index.js';

interface Placed {
  order: number;
}
const orderPlaced = new Signal<Placed>('orderPlaced');
const postSave = new Signal<{ instance: object }>('postSave');

@Injectable()
class Stock {
  readonly taken: number[] = [];

  @Receiver(orderPlaced)
  take({ order }: SignalEvent<Placed>): string {
    this.taken.push(order);
    return `took ${order}`;
  }
}

@Injectable()
class Shop {
  place(order: number) {
    return orderPlaced.send(this, { order });
  }

  placeAs(sender: string, order: number) {
    return orderPlaced.send(sender, { order });
  }
}

@Controller('orders')
class OrderController {
  constructor(private readonly shop: Shop) {}

  @Post()
  async create(): Promise<number> {
    return (await this.shop.placeAs('web', 1)).length;
  }
}

const apps: INestApplication[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

async function start(metadata: ModuleMetadata): Promise<INestApplication> {
  @Module({ ...metadata, imports: [...(metadata.imports ?? []), SignalsModule.forRoot()] })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
  apps.push(app);
  return app.init();
}

describe('@Receiver()', () => {
  it('connects a method of a provider', async () => {
    const app = await start({ providers: [Stock, Shop] });
    expect((await app.get(Shop).place(7)).map(([receiver, result]) => [receiver.name, result])).toEqual([
      ['Stock.take', 'took 7'],
    ]);
  });

  it('connects several signals and senders, stacked or as lists, from the top down', async () => {
    const heard: unknown[] = [];
    @Injectable()
    class Index {
      @Receiver(orderPlaced, { sender: 'shop' })
      @Receiver([postSave, orderPlaced], { sender: ['Book', 'Author'] })
      update({ signal, sender }: SignalEvent): void {
        heard.push([signal.name, sender]);
      }
    }
    await start({ providers: [Index] });
    await postSave.send('Book', { instance: {} });
    await postSave.send('Author', { instance: {} });
    await postSave.send('Store', { instance: {} });
    await orderPlaced.send('shop', { order: 1 });
    await orderPlaced.send('Book', { order: 1 });
    expect(heard).toEqual([
      ['postSave', 'Book'],
      ['postSave', 'Author'],
      ['orderPlaced', 'shop'],
      ['orderPlaced', 'Book'],
    ]);
  });

  it('connects a method of a controller', async () => {
    @Controller()
    class Board {
      readonly orders: number[] = [];
      @Receiver(orderPlaced)
      show({ order }: SignalEvent<Placed>): void {
        this.orders.push(order);
      }
    }
    const app = await start({ controllers: [Board] });
    await orderPlaced.send('shop', { order: 3 });
    expect(app.get(Board).orders).toEqual([3]);
  });

  it('makes a request-scoped provider anew for every event, which it can inject', async () => {
    const made: unknown[] = [];
    @Injectable({ scope: Scope.REQUEST })
    class Auditor {
      constructor(@Inject(REQUEST) private readonly event: SignalEvent<Placed>) {
        made.push(this);
      }
      @Receiver(orderPlaced)
      write({ order }: SignalEvent<Placed>): number[] {
        return [order, this.event.order];
      }
    }
    @Controller()
    class Depends {
      constructor(readonly auditor: Auditor) {}
      @Receiver(orderPlaced)
      tell(): boolean {
        return this.auditor instanceof Auditor;
      }
    }
    await start({ providers: [Auditor], controllers: [Depends] });
    const results = await orderPlaced.send('shop', { order: 5 });
    expect(results.map(([, result]) => result)).toEqual([[5, 5], true]);
    await orderPlaced.send('shop', { order: 6 });
    expect(new Set(made).size).toBe(made.length);
    expect(made.length).toBeGreaterThanOrEqual(3);
  });

  it('hears what lifecycle hooks send, even those of global modules that start first', async () => {
    @Injectable()
    class Early implements OnModuleInit {
      async onModuleInit(): Promise<void> {
        await orderPlaced.send('early', { order: 1 });
      }
    }
    @Global()
    @Module({ providers: [Early] })
    class EarlyModule {}
    const app = await start({ imports: [EarlyModule], providers: [Stock] });
    expect(app.get(Stock).taken).toEqual([1]);
  });

  it('is disconnected when the application ends', async () => {
    const app = await start({ providers: [Stock] });
    const stock = app.get(Stock);
    await apps.pop()?.close();
    await orderPlaced.send('shop', { order: 1 });
    expect(stock.taken).toEqual([]);
    expect(orderPlaced.hasReceivers()).toBe(false);
  });
});

describe('Two applications in one process', () => {
  const metadata: ModuleMetadata = { providers: [Stock, Shop], controllers: [OrderController] };
  const taken = (app: INestApplication) => app.get(Stock).taken;

  it('do not hear what a provider of the other sends', async () => {
    const [one, other] = [await start(metadata), await start(metadata)];
    await one.get(Shop).place(1);
    expect([taken(one), taken(other)]).toEqual([[1], []]);
  });

  it('do not hear what a request of the other sends', async () => {
    const [one, other] = [await start(metadata), await start(metadata)];
    await supertest(other.getHttpServer()).post('/orders').expect(201, '1');
    expect([taken(one), taken(other)]).toEqual([[], [1]]);
  });

  it('do not hear what is sent by the dispatcher of the other or in its run()', async () => {
    const [one, other] = [await start(metadata), await start(metadata)];
    const dispatcher = other.get(SignalDispatcher);
    await dispatcher.send(orderPlaced, 'worker', { order: 1 });
    await dispatcher.run(() => orderPlaced.send('worker', { order: 2 }));
    expect([taken(one), taken(other)]).toEqual([[], [1, 2]]);
  });

  it('keep to their own signals that a receiver sends in turn', async () => {
    @Injectable()
    class Relay {
      @Receiver(postSave)
      relay() {
        return orderPlaced.send('relay', { order: 9 });
      }
    }
    const relaying = { providers: [Stock, Relay] };
    const [one, other] = [await start(relaying), await start(relaying)];
    await one.get(SignalDispatcher).send(postSave, 'Book', { instance: {} });
    expect([taken(one), taken(other)]).toEqual([[9], []]);
  });

  it('refuse a signal of which nothing tells whose it is', async () => {
    await start(metadata);
    await start(metadata);
    expect(() => orderPlaced.send('nobody', { order: 1 })).toThrow(AmbiguousApplicationError);
  });

  it('both hear nothing once they have ended', async () => {
    const one = await start(metadata);
    await start(metadata);
    await apps.pop()?.close();
    await orderPlaced.send('shop', { order: 4 });
    expect(taken(one)).toEqual([4]);
  });
});

describe('@OnEvent()', () => {
  @Injectable()
  class Listener {
    readonly heard: string[] = [];
    @OnEvent('orderPlaced')
    placed({ order }: SignalEvent<Placed>): void {
      this.heard.push(`placed ${order}`);
    }
    @OnEvent('postSave.Book')
    saved(): void {
      this.heard.push('Book');
    }
    @OnEvent('postSave.*')
    anySaved({ sender }: SignalEvent): void {
      this.heard.push(`any ${String(sender)}`);
    }
  }
  const expected = ['placed 1', 'placed 2', 'any Author', 'Book', 'any Book'];

  async function sendAll(): Promise<void> {
    await orderPlaced.send({}, { order: 1 });
    await orderPlaced.send('shop', { order: 2 });
    await postSave.send('Author', { instance: {} });
    await postSave.send('Book', { instance: {} });
  }

  it.each([
    ['without an EventEmitterModule of the application', []],
    ['with one', [EventEmitterModule.forRoot()]],
    ['with one that has wildcards', [EventEmitterModule.forRoot({ wildcard: true })]],
    ['with one that is not global', [EventEmitterModule.forRoot({ wildcard: true, global: false })]],
  ])('hears signals %s, each once', async (_case, imports) => {
    const app = await start({ imports, providers: [Listener] });
    await sendAll();
    const { heard } = app.get(Listener);
    expect([...heard].sort()).toEqual([...expected].sort());
  });

  it("shares the application's own emitter", async () => {
    const app = await start({ imports: [EventEmitterModule.forRoot({ wildcard: true })] });
    const heard: unknown[] = [];
    const emitter = app.get(EventEmitter2);
    emitter.on('postSave.**', ({ sender }: SignalEvent) => heard.push(sender));
    emitter.onAny((event) => heard.push(event));
    await postSave.send('Book', { instance: {} });
    expect(heard).toEqual(['Book', 'postSave.Book']);
  });

  it('runs after the receivers, and its failure is logged and reaches nobody', async () => {
    const order: string[] = [];
    @Injectable()
    class Failing {
      @OnEvent('orderPlaced', { suppressErrors: false })
      fail(): never {
        order.push('listener');
        throw new Error('paper jam');
      }
      @Receiver(orderPlaced)
      receive(): void {
        order.push('receiver');
      }
    }
    await start({ providers: [Failing] });
    const logged: unknown[] = [];
    Logger.overrideLogger({ log() {}, warn() {}, error: (...said: unknown[]) => void logged.push(said[0]) });
    await orderPlaced.send('shop', { order: 1 });
    Logger.overrideLogger(false);
    expect(order).toEqual(['receiver', 'listener']);
    expect(logged).toEqual(['A listener of the event "orderPlaced" failed: Error: paper jam']);
  });

  it('hears what was sent while the application started', async () => {
    @Injectable()
    class Early implements OnModuleInit {
      async onModuleInit(): Promise<void> {
        await orderPlaced.send(this, { order: 1 });
      }
    }
    const app = await start({ providers: [Early, Listener] });
    await new Promise((resolve) => setImmediate(resolve));
    expect(app.get(Listener).heard).toEqual(['placed 1']);
  });

  it('counts as somebody who listens', async () => {
    const app = await start({ providers: [Listener] });
    const dispatcher = app.get(SignalDispatcher);
    expect(dispatcher.isHeard(postSave, 'Book')).toBe(true);
    expect(dispatcher.hasReceivers(postSave, 'Book')).toBe(false);
    expect(dispatcher.isHeard(new Signal('unheard'), 'Book')).toBe(false);
  });
});

describe('captureSignals()', () => {
  it('lists what is sent, in order, until it is disposed of', async () => {
    const app = await start({ providers: [Shop] });
    const events = captureSignals(app);
    await app.get(Shop).placeAs('web', 1);
    await postSave.send('Book', { instance: {} });
    events[Symbol.dispose]();
    await app.get(Shop).placeAs('web', 2);
    expect(events.map(({ signal, sender }) => [signal.name, sender])).toEqual([
      ['orderPlaced', 'web'],
      ['postSave', 'Book'],
    ]);
  });
});

describe('muteSignals()', () => {
  it('silences the given signals, receivers and listeners alike', async () => {
    const app = await start({ providers: [Stock, Shop] });
    const events = captureSignals(app);
    const muted = muteSignals(app, orderPlaced);
    expect(await app.get(Shop).place(1)).toEqual([]);
    muted[Symbol.dispose]();
    expect(await app.get(Shop).place(2)).toHaveLength(1);
    expect(events).toHaveLength(1);
  });
});
