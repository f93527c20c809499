import { performance } from 'node:perf_hooks';

/** Work that is quicker than this shows no bar. */
const quietMilliseconds = 2000;
const redrawMilliseconds = 100;
const width = 30;

/**
 * Makes a progress bar on the standard error stream; where that is no terminal it writes a line now and then.
 *
 * @param {string} title What is being done: "Writing rows".
 */
export function progressBar(title) {
  const isTerminal = process.stderr.isTTY;
  const start = performance.now();
  let isShown = false;
  let next = start + quietMilliseconds;
  return {
    /**
     * @param {number} done
     * @param {number} total
     */
    show(done, total) {
      const now = performance.now();
      if (now < next) return;
      next = now + (isTerminal ? redrawMilliseconds : quietMilliseconds);
      isShown = true;
      const filled = Math.round((done / total) * width);
      const bar = '█'.repeat(filled).padEnd(width, '░');
      const line = `${title} ${bar} ${Math.floor((done / total) * 100)} % (${done} of ${total})`;
      process.stderr.write(isTerminal ? `\r${line}` : `${line}\n`);
    },
    /** Removes the bar. */
    end() {
      if (isShown && isTerminal) process.stderr.write(`\r${' '.repeat(process.stderr.columns - 1)}\r`);
    },
  };
}
