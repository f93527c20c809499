import { Controller, Get, Inject } from '@nestjs/common';

/** The engines that the settings chose. */
export interface Engines {
  database: 'pglite' | 'postgresql';
  cache: 'memory' | 'redis';
  sessions: 'database' | 'redis';
}

export const ENGINES = Symbol('ENGINES');

@Controller('health')
export class HealthController {
  constructor(@Inject(ENGINES) private readonly engines: Engines) {}

  @Get()
  health() {
    return { status: 'ok', ...this.engines };
  }
}
