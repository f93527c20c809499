import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { scriptAdapter } from '../adapter/execute-script.js';
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';

/** Node has it, but its types leave it to the browser's. */
declare const WebAssembly: {
  instantiate(code: Uint8Array, imports: object): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

type Bindings = typeof import('@prisma/schema-engine-wasm/schema_engine_bg');

/** The engine behind `prisma migrate`. */
export interface RunningSchemaEngine {
  readonly engine: SchemaEngine;
  /** Ends the engine, and the connections that it opened. */
  close(): Promise<void>;
}

/**
 * Starts Prisma's schema engine as WebAssembly, which needs no download.
 *
 * @throws ImproperlyConfiguredError when `@prisma/schema-engine-wasm` is not installed.
 */
export async function startSchemaEngine(
  adapter: SqlMigrationAwareDriverAdapterFactory,
): Promise<RunningSchemaEngine> {
  const { SchemaEngine } = await loadBindings();
  const connections: SqlDriverAdapter[] = [];
  const engine = await SchemaEngine.new(
    { datamodels: undefined },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(tracked(adapter, connections)),
  );
  const close = async () => {
    engine.free();
    await Promise.all(connections.map((connection) => connection.dispose()));
  };
  return { engine, close };
}

/** The engine leaves its connections open. */
function tracked(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  connections: SqlDriverAdapter[],
): SqlMigrationAwareDriverAdapterFactory {
  const track = async (connecting: Promise<SqlDriverAdapter>) => {
    const connection = scriptAdapter(await connecting);
    connections.push(connection);
    return connection;
  };
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    connect: () => track(adapter.connect()),
    connectToShadowDb: () => track(adapter.connectToShadowDb()),
  };
}

let loaded: Promise<Bindings> | undefined;

function loadBindings(): Promise<Bindings> {
  loaded ??= instantiate();
  return loaded;
}

async function instantiate(): Promise<Bindings> {
  const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg').catch((cause: unknown) => {
    throw new ImproperlyConfiguredError(
      'Creating migrations needs the package @prisma/schema-engine-wasm: install the version of your Prisma.',
      { cause },
    );
  });
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const code = await readFile(join(folder, 'schema_engine_bg.wasm'));
  // Bundlers resolve this import by themselves; Node needs to be told.
  const { instance } = await WebAssembly.instantiate(code, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return bindings;
}
