/**
 * Holds what is about to be rendered: a template's name and what it is given.
 *
 * Made of what a handler with `@Render()` returns. Django: `TemplateResponse`.
 */
export class TemplateResponse {
  constructor(
    public template: string,
    public context: Record<string, unknown> = {},
  ) {}
}
