import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { Logger, type NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule, type ShopSettings } from './app.module.js';
import { connectDatabase, type DatabaseConnection } from './database/connect.js';
import { prepareDatabase } from './database/prepare.js';
import { ValidationPipe } from './http/validation.pipe.js';
import { useTemplates } from './pages/templates.js';
import type { Settings } from './settings/settings.js';

/** Makes the shop on an open database that has its tables. */
export async function createBookshop(
  settings: ShopSettings,
  connection: DatabaseConnection,
  options: NestApplicationOptions = {},
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(settings, connection), {
    abortOnError: false,
    ...options,
  });
  app.useGlobalPipes(new ValidationPipe());
  useTemplates(app);
  return app;
}

export interface RunningShop {
  readonly address: string;
  /** The page of the debug toolbar, in development. */
  readonly toolbar: string | undefined;
  /** Finishes the requests under way, then lets go of everything. */
  close(): Promise<void>;
}

/** Opens the database, brings it up to date, and serves the shop. */
export async function startBookshop(settings: Settings): Promise<RunningShop> {
  const logger = new Logger('Bookshop');
  // An empty folder takes PGlite some seconds; the log shows that and how they pass.
  logger.log(settings.databaseUrl ? 'Connecting to PostgreSQL' : `Opening PGlite in ${settings.dataFolder}`);
  const connection = await connectDatabase(settings);
  try {
    logger.log('Bringing the tables up to date');
    await prepareDatabase(connection, { withHistory: true });
    const app = await createBookshop(settings, connection);
    try {
      await listen(app, settings.port);
    } catch (error) {
      await app.close();
      throw error;
    }
    const { port } = app.getHttpServer().address() as { port: number };
    const address = `http://localhost:${port}`;
    return {
      address,
      toolbar: settings.isDevelopment ? `${address}/__debug__/` : undefined,
      async close() {
        // Browsers keep connections open that nothing comes through any more; waiting for those would take seconds.
        const idle = setInterval(() => app.getHttpServer().closeIdleConnections(), 50);
        await app.close().finally(() => clearInterval(idle));
        await connection.close();
      },
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function listen(app: NestExpressApplication, port: number): Promise<void> {
  try {
    await app.listen(port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new ImproperlyConfiguredError(
        `PORT: ${port} is in use. Stop what listens there, or set PORT to another number.`,
      );
    }
    if (code === 'EACCES') {
      throw new ImproperlyConfiguredError(
        `PORT: this user may not listen on ${port}. Set PORT to a number above 1023.`,
      );
    }
    throw error;
  }
}
