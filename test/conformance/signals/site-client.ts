import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { gotRequestException, requestFinished } from '@nest-quintet/middleware';
import { HostObject, type Keywords, native, type Value } from '../python/index.js';
import type { Site } from './site.js';

/** `django.test.Client`, which sends its requests over HTTP. */
export class SiteClient extends HostObject {
  readonly typeName = 'Client';

  constructor(
    private readonly site: Site,
    private readonly raises: boolean,
  ) {
    super();
  }

  override getAttribute(name: string): Value | undefined {
    return name === 'get' ? native('get', ([path]) => this.#get(path as string)) : undefined;
  }

  async #get(path: string): Promise<Value> {
    const { dispatcher } = this.site;
    let failure: Error | undefined;
    const exceptions = dispatcher.connect(
      gotRequestException,
      ({ error }) => void (failure = error as Error),
    );
    const finished = new Promise<void>((resolve) => {
      dispatcher.connect(requestFinished, () => resolve());
    });
    const end = async () => {
      await finished;
      exceptions[Symbol.dispose]();
    };
    const response = await this.site.get(path);
    // Whatever has a length is read at once; a stream is left to whoever wants it.
    if (response.headers['content-length'] !== undefined) {
      response.resume();
      await end();
      if (failure !== undefined && this.raises) throw failure;
    }
    return new SiteResponse(this.site, response, end);
  }
}

class SiteResponse extends HostObject {
  readonly typeName = 'HttpResponse';

  constructor(
    private readonly site: Site,
    private readonly response: IncomingMessage,
    private readonly end: () => Promise<void>,
  ) {
    super();
  }

  override getAttribute(name: string): Value | undefined {
    if (name === 'status_code') return this.response.statusCode;
    return name === 'streaming_content' ? new Stream(() => this.#chunks()) : undefined;
  }

  async #chunks(): Promise<Value[]> {
    const chunks: Value[] = [];
    const ended = once(this.response, 'end');
    this.response.on('data', (chunk: Buffer) => {
      chunks.push(new Uint8Array(chunk));
      this.site.log.want();
    });
    this.site.log.want();
    await ended;
    await this.end();
    return chunks;
  }
}

class Stream extends HostObject {
  readonly typeName = 'map';

  constructor(private readonly read: () => Promise<Value[]>) {
    super();
  }

  override iterate(): Promise<Value[]> {
    return this.read();
  }
}

/** `Client`, as the program calls it. */
export const clientOf = (site: Site): HostObject =>
  native(
    'Client',
    (_, { raise_request_exception: raises = true }: Keywords) => new SiteClient(site, Boolean(raises)),
  );
