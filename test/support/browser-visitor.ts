import type { BrowserContext, Page, Response } from 'playwright-core';

/** Somebody with a browser of their own, and what went wrong in it. */
export class BrowserVisitor {
  /** What the console told as an error or a warning, breaches of the Content-Security-Policy included. */
  readonly complaints: string[] = [];
  /** The addresses of everything that was asked for. */
  readonly requests: URL[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    context.on('request', (request) => this.requests.push(new URL(request.url())));
  }

  static async enter(context: BrowserContext): Promise<BrowserVisitor> {
    context.setDefaultTimeout(10_000);
    return new BrowserVisitor(context, await context.newPage());
  }

  /** Opens a page, which may be an error page. */
  async open(url: string): Promise<Response> {
    return (await this.page.goto(url))!;
  }

  /** The other sites that something was asked of. */
  strangers(origin: string): string[] {
    return [...new Set(this.requests.map((url) => url.origin))].filter((other) => other !== origin);
  }

  /** What the page says. */
  text(): Promise<string> {
    return this.page.locator('body').innerText();
  }

  /** @throws Error that lists what went wrong unnoticed: complaints, and other sites that something was asked of. */
  async leave(origin: string): Promise<void> {
    await this.context.close();
    const problems = [...this.complaints, ...this.strangers(origin).map((other) => `asked ${other}`)];
    if (problems.length > 0) throw new Error(`The browser was not content:\n${problems.join('\n')}`);
  }
}
