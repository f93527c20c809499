import { fileURLToPath } from 'node:url';

/** Where in the application's code a statement comes from. */
export interface CallSite {
  /** The path of the file. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The function or method; absent at the top of a file. */
  readonly function?: string;
}

/** What is on the stack where a statement is sent; it is read only when somebody asks. */
export type Stack = Error;

/** A query goes through a dozen functions of Prisma's and ours before it is sent. */
const framesLookedAt = 60;

/** Takes down who called, asynchronous callers included. */
export function captureStack(): Stack {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = framesLookedAt;
  try {
    return new Error('A statement is sent here.');
  } finally {
    Error.stackTraceLimit = limit;
  }
}

const frame =
  /^\s*at (?:(?:async )?(?<name>.+?) \()?(?:async )?(?<file>(?:file:\/\/)?\/?[^()]+?):(?<line>\d+):(?<column>\d+)\)?$/;

/** This library's own files; its specs are somebody who calls it. */
const own = fileURLToPath(new URL('..', import.meta.url));

/** Finds the innermost caller that is no library; `undefined` where there is none. */
export function callSiteOf({ stack = '' }: Stack): CallSite | undefined {
  for (const line of stack.split('\n').slice(1)) {
    const site = siteIn(line);
    if (site && isOfApplication(site.file)) return site;
  }
  return undefined;
}

function siteIn(line: string): CallSite | undefined {
  const { name, file, line: row, column } = frame.exec(line)?.groups ?? {};
  if (file === undefined || file.startsWith('node:')) return undefined;
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  return { file: path, line: Number(row), column: Number(column), ...(name && { function: name }) };
}

function isOfApplication(file: string): boolean {
  if (/[\\/]node_modules[\\/]/.test(file)) return false;
  return !file.startsWith(own) || /\.spec\.[jt]s$/.test(file);
}

/** `BooksController.list (src/books/books.controller.ts:42)`, the path as seen from where the process runs. */
export function describeCallSite({ file, line, function: name }: CallSite): string {
  const directory = `${process.cwd()}/`;
  const place = `${file.startsWith(directory) ? file.slice(directory.length) : file}:${line}`;
  return name === undefined ? place : `${name} (${place})`;
}
