/**
 * One of two that are compared: as long as it is open it can be measured again and again.
 *
 * @typedef {object} Contender
 * @property {(seconds: number) => Promise<number>} measure Works for so many seconds; returns its speed, more is better.
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {string} against Whom we are compared with.
 * @property {string} unit Of the speed: `requests/s`.
 * @property {number | null} goal The ratio asked for; null where it is only reported.
 * @property {() => Promise<Contender>} ours
 * @property {() => Promise<Contender>} theirs
 */

/** @typedef {{ warmUp: number, seconds: number, runs: number }} Effort Seconds, and how often. */

/** @typedef {{ case: string, against: string, ratio: number, min: number, max: number, runs: number, goal: number | null, ours: number, theirs: number, unit: string }} Result */

/**
 * Measures both contenders in turn, so that a change of the machine's mood meets both of them.
 *
 * @param {Case} benchCase
 * @param {Effort} effort
 * @returns {Promise<Result>}
 */
export async function runCase(benchCase, { warmUp, seconds, runs }) {
  const ours = await benchCase.ours();
  try {
    const theirs = await benchCase.theirs();
    try {
      await ours.measure(warmUp);
      await theirs.measure(warmUp);
      const speeds = [];
      for (let run = 0; run < runs; run++) {
        speeds.push({ ours: await ours.measure(seconds), theirs: await theirs.measure(seconds) });
      }
      return resultOf(benchCase, speeds);
    } finally {
      await theirs.close();
    }
  } finally {
    await ours.close();
  }
}

/**
 * @param {Pick<Case, 'name' | 'against' | 'goal' | 'unit'>} benchCase
 * @param {{ ours: number, theirs: number }[]} speeds
 * @returns {Result}
 */
export function resultOf({ name, against, goal, unit }, speeds) {
  const ratios = speeds.map(({ ours, theirs }) => ours / theirs);
  return {
    case: name,
    against,
    ratio: round(median(ratios)),
    min: round(Math.min(...ratios)),
    max: round(Math.max(...ratios)),
    runs: speeds.length,
    goal,
    ours: Math.round(median(speeds.map(({ ours }) => ours))),
    theirs: Math.round(median(speeds.map(({ theirs }) => theirs))),
    unit,
  };
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [
    sorted[sorted.length % 2 ? middle : middle - 1] ?? Number.NaN,
    sorted[middle] ?? Number.NaN,
  ];
  return (low + high) / 2;
}

/** @param {number} ratio */
function round(ratio) {
  return Number(ratio.toFixed(3));
}
