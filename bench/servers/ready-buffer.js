import { Controller, Get, Res } from '@nestjs/common';
import { decorateMethod, large, small } from './pages.js';
import { serve } from './serve.js';

const bytes = { small: Buffer.from(JSON.stringify(small)), large: Buffer.from(JSON.stringify(large)) };

/** The fastest that a Nest handler can answer: it writes bytes that are ready. */
class Pages {
  /** @param {import('node:http').ServerResponse} response */
  small(response) {
    end(response, bytes.small);
  }

  /** @param {import('node:http').ServerResponse} response */
  large(response) {
    end(response, bytes.large);
  }
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {Buffer} body
 */
function end(response, body) {
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', body.length);
  response.end(body);
}

for (const name of ['small', 'large']) {
  decorateMethod(Pages, name, [Get(name)]);
  Res()(Pages.prototype, name, 0);
}
Controller()(Pages);

class AppModule {}

await serve({ module: AppModule, controllers: [Pages] });
