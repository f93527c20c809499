import { Session } from '@nest-quintet/sessions';
import { Controller, Get } from '@nestjs/common';

declare module '@nest-quintet/sessions' {
  interface SessionData {
    visits: number;
  }
}

@Controller('visits')
export class VisitsController {
  @Get()
  count(@Session() session: Session) {
    const visits = session.get('visits', 0) + 1;
    session.set('visits', visits);
    return { visits };
  }
}
