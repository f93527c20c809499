/** Tells of a failure that the caller, whose own work succeeded, cannot be told of. */
export type ReportError = (error: unknown, during: string) => void;

/** Writes failures to the standard error stream, where nothing better is configured. */
export const reportToConsole: ReportError = (error, during) => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`An error occurred while ${during}: ${text}\n`);
};
