import { BadRequestException } from '@nestjs/common';

/** Answers 400: another request deleted the session, as a logout does, before this one was done. Django: `SessionInterrupted`. */
export class SessionInterruptedException extends BadRequestException {}
