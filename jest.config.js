import { availableParallelism } from 'node:os';

/** Packages resolve to their sources by the same export condition that tsc reads from `tsconfig.base.json`. */
const conditions = ['@nest-quintet/source'];

export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: [...conditions, 'node'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  testMatch: [
    '<rootDir>/libs/**/*.spec.ts',
    '<rootDir>/apps/**/*.spec.ts',
    '<rootDir>/test/**/*.spec.ts',
    '<rootDir>/test/**/*.e2e-spec.ts',
  ],
  globalSetup: '<rootDir>/test/support/servers/global-setup.js',
  globalTeardown: '<rootDir>/test/support/servers/global-teardown.js',
  reporters: [
    'default',
    '<rootDir>/test/support/servers/skip-reporter.js',
    '<rootDir>/test/support/count-reporter.js',
  ],
  // What takes minutes runs with `npm test -- --long`.
  testPathIgnorePatterns: [
    '/node_modules/',
    ...(process.env.QUINTET_LONG === '1' ? [] : ['\\.long\\.spec\\.ts$']),
  ],
  modulePathIgnorePatterns: ['/dist/', '/.build/'],
  testSequencer: '<rootDir>/test/support/slow-first-sequencer.cjs',
  maxWorkers: Math.min(availableParallelism(), 4),
  testTimeout: 30_000,
};
