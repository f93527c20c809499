import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { factChannel } from '@nest-quintet/core';
import { finalize, type Observable } from 'rxjs';
import type { HandlerFact } from '../panels/request.panel.js';

const handlerFacts = factChannel<HandlerFact>('handler');

/** Tells which handler a request reached, and how long it took. */
@Injectable()
export class HandlerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const startedAt = performance.now();
    return next.handle().pipe(
      finalize(() => {
        handlerFacts.tell({
          controller: context.getClass().name,
          handler: context.getHandler().name,
          startedAt,
          endedAt: performance.now(),
        });
      }),
    );
  }
}
