import { BadRequestException, ForbiddenException, NotFoundException } from '@nestjs/common';

class RuntimeError extends Error {}
class TemplateDoesNotExist extends Error {}

/** What Python raises, in our words. */
const classes: Readonly<Record<string, new (message?: string) => Error>> = {
  RuntimeError,
  TemplateDoesNotExist,
  Http404: NotFoundException,
  PermissionDenied: ForbiddenException,
  BadRequest: BadRequestException,
  SuspiciousOperation: BadRequestException,
};

export function makeError(name: string): Error {
  return new (classes[name] ?? Error)(name);
}

/** The name in Python of an error of ours. */
export function nameOf(error: unknown): string {
  const found = Object.entries(classes).find(([, type]) => (error as Error).constructor === type);
  return found?.[0] ?? (error as Error).constructor.name;
}
