import { BadRequestException } from '@nestjs/common';

/** Says that a request names a host that this application does not answer for; a 400. Django: `DisallowedHost`. */
export class DisallowedHostException extends BadRequestException {
  constructor(host: string) {
    super(`Invalid Host header: ${JSON.stringify(host)}.`);
  }
}
