import { ServiceUnavailableException } from '@nestjs/common';

/** Answers 503: the session store failed, or did not answer in time. The store's own error is its `cause`. */
export class SessionUnavailableException extends ServiceUnavailableException {}
