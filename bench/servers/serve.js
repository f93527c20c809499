import { NestFactory } from '@nestjs/core';

/**
 * Serves a module on a free port, prints its address, and ends with the process that started it.
 *
 * @param {import('@nestjs/common').DynamicModule} module
 */
export async function serve(module) {
  const app = await NestFactory.create(module, { logger: ['error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  console.log(await app.getUrl());
  process.stdin.resume().once('end', () => process.exit());
}
