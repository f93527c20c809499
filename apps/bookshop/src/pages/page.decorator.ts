import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import type { Request } from 'express';
import { PageInterceptor } from './page.interceptor.js';

export const PAGE = Symbol('page');

export interface PageOptions<C = unknown> {
  /** What clients get that ask for neither HTML nor JSON. Default `'json'`. */
  unasked?: 'json' | 'html';
  /**
   * Makes what the page shows when the input was not valid: the page again, with what was typed and what is wrong
   * with it. Without it, and where it returns `undefined`, the answer is an error page.
   */
  again?: (controller: C, request: Request) => Promise<object | undefined> | object | undefined;
}

export interface PageMetadata extends PageOptions {
  readonly template: string;
}

/**
 * Shows what a handler returns as a page to those who ask for HTML, and as JSON to everybody else.
 *
 * The template finds the fields of what was returned, `path`, and after invalid input `form.values` and `form.errors`.
 *
 * @example
 * \@Get(':id')
 * \@Page('books/book')
 * one(\@Param('id') id: number) { … }
 */
export function Page<C>(template: string, options: PageOptions<C> = {}): MethodDecorator {
  return applyDecorators(SetMetadata(PAGE, { template, ...options }), UseInterceptors(PageInterceptor));
}
