import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What each library may stand on; everything else is the wrong direction. */
const mayImport = {
  core: [],
  signals: ['core'],
  middleware: ['core', 'signals'],
  orm: ['core', 'signals'],
  cache: ['core', 'middleware'],
  sessions: ['core', 'signals', 'middleware'],
  toolbar: ['core', 'middleware'],
};

/** Where two libraries meet only for those who use both: `@nest-quintet/sessions/cache`. */
const mayImportInEntry = {
  'cache/invalidation': ['orm', 'signals'],
  'cache/prisma': ['orm', 'signals'],
  'sessions/prisma': ['orm'],
  'sessions/cache': ['cache'],
  'sessions/cached-db': ['cache', 'orm'],
};

/** Entries that stand on another entry of their library. */
const mayImportEntry = {
  'sessions/cached-db': ['prisma'],
};

/** Files that are Nest's; the rest of a library can be read without knowing Nest. */
const nestRoles = [
  'module',
  'module-definition',
  'decorator',
  'explorer',
  'interceptor',
  'guard',
  'filter',
  'pipe',
  'middleware',
  'service',
  'controller',
  'exception',
  'platform',
  'registry',
  'application',
  'connector',
];

const tests = String.raw`\.spec(-support)?\.ts$`;

/**
 * Makes the rules for libraries that lie under one folder.
 *
 * @param {string} folder `libs`, or the folder of a fixture.
 */
export function rulesFor(folder) {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  return [...names.flatMap((name) => rulesOfLibrary(folder, name, names)), ...rulesOfAll(folder)];
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {string[]} names
 */
function rulesOfLibrary(folder, name, names) {
  const source = `^${folder}/${name}/src/`;
  const manifest = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8'));
  const entries = Object.keys(manifest.exports)
    .filter((entry) => entry !== '.' && entry !== './package.json')
    .map((entry) => entry.slice(2));
  const inEntry = (/** @type {string} */ entry) => `${source}${entry}/`;
  const optionalPeers = Object.keys(manifest.peerDependenciesMeta ?? {}).filter(
    (peer) => !peer.startsWith('@nest-quintet/'),
  );
  const allowed = mayImport[/** @type {keyof typeof mayImport} */ (name)] ?? [];
  const strangers = (/** @type {string[]} */ more) =>
    names.filter((other) => other !== name && ![...allowed, ...more].includes(other));

  const standOn = (/** @type {string} */ entry) =>
    entries.filter((other) =>
      mayImportEntry[/** @type {keyof typeof mayImportEntry} */ (`${name}/${other}`)]?.includes(entry),
    );

  const rules = entries.flatMap((entry) => {
    const more = mayImportInEntry[/** @type {keyof typeof mayImportInEntry} */ (`${name}/${entry}`)] ?? [];
    return [
      rule(
        `direction: ${name}/${entry}`,
        `@nest-quintet/${name}/${entry} may import ${[...allowed, ...more].join(', ') || 'no other library'}.`,
        { path: inEntry(entry), pathNot: tests },
        { path: strangers(more).map((other) => `^${folder}/${other}/`) },
      ),
      rule(
        `optional entry: ${name}/${entry}`,
        `${entry}/ is an optional entry: the rest of the library must work without loading it.`,
        { path: source, pathNot: [inEntry(entry), ...standOn(entry).map(inEntry), tests] },
        { path: inEntry(entry), dependencyTypesNot: ['type-only'] },
      ),
    ];
  });
  rules.push(
    rule(
      `direction: ${name}`,
      `@nest-quintet/${name} may import ${allowed.join(', ') || 'no other library'}.`,
      { path: source, pathNot: [tests, ...entries.map(inEntry)] },
      { path: strangers([]).map((other) => `^${folder}/${other}/`) },
    ),
  );
  if (optionalPeers.length > 0) {
    rules.push(
      rule(
        `optional peers: ${name}`,
        `${optionalPeers.join(', ')} may be absent: import them in an optional entry, or when they are needed.`,
        { path: source, pathNot: [tests, ...entries.map(inEntry)] },
        {
          path: optionalPeers.map((peer) => `node_modules/${peer}/`),
          dynamic: false,
          dependencyTypesNot: ['type-only'],
        },
      ),
    );
  }
  return rules;
}

/** @param {string} folder */
function rulesOfAll(folder) {
  const source = `^${folder}/[^/]+/src/`;
  return [
    rule(
      'pure core',
      'Only files of a Nest role (module, decorator, guard, …) import Nest; elsewhere types alone.',
      {
        path: source,
        pathNot: [
          tests,
          '/nest/',
          String.raw`/(testing/.*|testing|manager)\.ts$`,
          String.raw`\.(${nestRoles.join('|')})\.ts$`,
        ],
      },
      { path: 'node_modules/@nestjs/', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'no inside of Nest',
      'Import @nestjs packages by their name alone: what lies inside may change in any version.',
      { path: source },
      { path: String.raw`(^|node_modules/)@nestjs/[^/]+/(?!index\.)` },
    ),
    rule(
      'no cycles',
      'A cycle cannot be read from either end; move what both need into a third file.',
      { path: source },
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    rule(
      'nothing above',
      'A library knows neither the apps nor the tests nor the tools.',
      { path: source, pathNot: tests },
      { path: ['^apps/', '^test/', '^tools/', '^bench/'] },
    ),
    rule('resolvable', 'What is imported exists.', { path: source }, { couldNotResolve: true }),
  ];
}

/**
 * @param {string} name
 * @param {string} comment
 * @param {object} from
 * @param {object} to
 */
function rule(name, comment, from, to) {
  return { name, comment, severity: 'error', from, to };
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: rulesFor('libs'),
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['/dist/', '/generated/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@nest-quintet/source', 'types', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.d.ts'],
    },
  },
};
