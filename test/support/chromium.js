import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findFolderOf } from './servers/find-binary.js';

/** What Debian and others call it. */
const commands = ['chromium', 'chromium-browser', 'google-chrome'];

/** How to get it. */
export const chromiumRemedy = 'chromium (apt-get install chromium)';

/**
 * Returns where Chromium is: what `TEST_CHROMIUM` says, or on `PATH`.
 *
 * @returns {string | undefined}
 */
export function findChromium() {
  if (process.env.TEST_CHROMIUM) return process.env.TEST_CHROMIUM;
  const command = commands.find((name) => findFolderOf([name]) !== undefined);
  return command && join(/** @type {string} */ (findFolderOf([command])), command);
}

/** @param {string} executablePath */
export function launchChromium(executablePath) {
  // Chromium's own sandbox refuses to run as root, and the pages here are our own.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
