import type { INestApplication, ModuleMetadata, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { type Middleware, MiddlewareModule, type MiddlewareModuleOptions } from './index.js';

/** The platforms that every behaviour is shown on. */
export const platforms: [name: string, makeAdapter: () => AbstractHttpAdapter][] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
];

/** Starts an application on a free port of the loopback interface. */
export async function startApp(
  makeAdapter: () => AbstractHttpAdapter,
  { middleware, abandonAfter, ...metadata }: ModuleMetadata & MiddlewareModuleOptions,
  prepare?: (app: INestApplication) => unknown,
): Promise<RunningApp> {
  const { imports = [], ...rest } = metadata;
  const module = await Test.createTestingModule({
    ...rest,
    imports: [MiddlewareModule.forRoot({ middleware, abandonAfter }), ...imports],
  }).compile();
  const app = module.createNestApplication(makeAdapter() as never, { logger: false });
  await prepare?.(app);
  await app.listen(0, '127.0.0.1');
  return { app, url: (await app.getUrl()).replace(/\/$/, '') };
}

export interface RunningApp {
  app: INestApplication;
  url: string;
}

/** Makes a class of functions, for tests that look at one behaviour. */
export function layer(
  name: string,
  handle: Middleware['handle'],
  hooks: Partial<Middleware> = {},
): Type<Middleware> {
  const Layer = { [name]: class {} }[name]!;
  Object.assign(Layer.prototype, { handle, ...hooks });
  return Layer as Type<Middleware>;
}
