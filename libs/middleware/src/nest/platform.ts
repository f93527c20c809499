import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { HttpResponse } from '../http/http-response.js';
import type { TemplateResponse } from '../http/template-response.js';
import type { Pipeline } from '../pipeline/pipeline.js';

type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Knows one of the platforms that Nest runs on: how requests get in, and how a finished response is answered.
 */
export abstract class Platform {
  /**
   * Makes every request of the platform pass its entry, which is before anything else of the application.
   *
   * Requests of the application's own server come in through {@link serve} already; the entry takes those that come
   * another way: `inject()`, a function as a service, the further servers that Fastify opens for `localhost`.
   */
  abstract install(pipeline: Pipeline): void;

  /** Has the application's error handler write to `response`, as if the error had happened before routing. */
  abstract fail(error: unknown, request: IncomingMessage, response: ServerResponse): void;

  /** Answers a routed request with a finished response. */
  abstract reply(response: object, finished: HttpResponse): unknown;

  /** Renders a template into the response; unlike the platform's own way, what fails is thrown. */
  abstract render(response: object, template: TemplateResponse): Promise<unknown>;

  /** Puts the pipeline between a server and what listens to its requests; the result takes it out again. */
  serve(server: Server, pipeline: Pipeline): () => void {
    const listeners = server.listeners('request') as RequestListener[];
    const listener: RequestListener = (request, response) =>
      pipeline.handle(request, response, () => {
        for (const inner of listeners) inner.call(server, request, response);
      });
    server.removeAllListeners('request');
    server.on('request', listener);
    return () => {
      server.off('request', listener);
      for (const inner of listeners) server.on('request', inner);
    };
  }
}
