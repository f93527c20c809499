/**
 * Adds to package-lock.json the packages of other platforms that npm left out.
 *
 * A dependency with native code lists one optional package per platform. npm writes down only those that it could
 * load when the lock file was made, and then `npm ci` refuses the file on the next machine. What is written here is
 * what npm itself writes, but for the checksum; npm adds that where such a package is installed.
 *
 * npm runs it after every installation; for the benchmarks' own lock file: node tools/complete-lock.js bench
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/paths.js';

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];
const libraries = { musl: 'musl', gnu: 'glibc' };

/**
 * Reads from a package's name where it runs: `binding-linux-arm64-musl`.
 *
 * @param {string} name
 */
function platformOf(name) {
  const words = name.split(/[-/]/);
  const system = systems.find((each) => words.includes(each));
  const processor = processors.find((each) => words.includes(each));
  const library = Object.entries(libraries).find(([word]) => words.includes(word))?.[1];
  if (!system && processor !== 'wasm32') return undefined;
  return {
    cpu: [processor ?? 'x64'],
    ...(library && system === 'linux' ? { libc: [library] } : {}),
    optional: true,
    ...(system ? { os: [system] } : {}),
  };
}

const file = join(root, process.argv[2] ?? '.', 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
let added = 0;
for (const [location, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isLocked(location, name)) continue;
    const platform = platformOf(name);
    if (!platform) throw new Error(`${name}, optional for ${location}: its name does not say where it runs.`);
    lock.packages[`node_modules/${name}`] = { version, ...platform, ...(entry.dev ? { dev: true } : {}) };
    added++;
  }
}
if (added > 0) {
  lock.packages = Object.fromEntries(
    Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')),
  );
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${added} packages of other platforms added to package-lock.json.`);
}

/**
 * @param {string} location
 * @param {string} name
 */
function isLocked(location, name) {
  return `node_modules/${name}` in lock.packages || `${location}/node_modules/${name}` in lock.packages;
}
