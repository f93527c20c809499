import { resultOf } from './case.js';

/**
 * Several that are compared with us at once: we come first of those that `open` gives, the opponents in their order.
 *
 * @typedef {object} Race
 * @property {string} name
 * @property {string} unit Of the speed: `calls/s`.
 * @property {{ name: string, goal: number | null }[]} opponents
 * @property {() => Promise<import('./case.js').Contender[]>} open
 */

/**
 * Measures all of them in turn, so that a change of the machine's mood meets each of them.
 *
 * @param {Race} race
 * @param {import('./case.js').Effort} effort
 * @returns {Promise<import('./case.js').Result[]>}
 */
export async function runRace({ name, unit, opponents, open }, { warmUp, seconds, runs }) {
  const contenders = await open();
  try {
    for (const contender of contenders) await contender.measure(warmUp);
    /** @type {number[][]} */
    const rounds = [];
    for (let run = 0; run < runs; run++) {
      const speeds = [];
      for (const contender of contenders) speeds.push(await contender.measure(seconds));
      rounds.push(speeds);
    }
    return opponents.map((opponent, index) =>
      resultOf(
        { name, against: opponent.name, goal: opponent.goal, unit },
        rounds.map(([ours = Number.NaN, ...theirs]) => ({ ours, theirs: theirs[index] ?? Number.NaN })),
      ),
    );
  } finally {
    for (const contender of contenders) await contender.close();
  }
}
