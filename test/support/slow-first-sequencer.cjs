// CommonJS, as Jest requires its sequencer.
const { default: Sequencer } = require('@jest/test-sequencer');

/** Suites that take longest; the last of them to begin would keep one worker busy while the others have nothing left. */
const slow = ['test/conformance/conformance', 'test/e2e/bookshop-process', 'test/package/installed-packages'];

const rank = ({ path }) => slow.findIndex((name) => path.includes(name)) + 1 || slow.length + 1;

/** Begins with the slow suites, also on a machine that has run none of them before. */
module.exports = class SlowFirstSequencer extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((left, right) => rank(left) - rank(right));
  }
};
