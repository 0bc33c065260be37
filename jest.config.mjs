const swc = [
  '@swc/jest',
  {
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', tsx: true, decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, react: { runtime: 'automatic', importSource: 'preact' } },
    },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  },
];

/** Sources stand for their compiled names: `./x.js` and `#lib/x.js` are read from `x.ts` or `x.tsx`. */
const project = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: { '^.+\\.tsx?$': swc },
  moduleNameMapper: {
    '^#migrations/(.*)\\.js$': ['<rootDir>/migrations/$1'],
    '^#([a-z-]+)/(.*)\\.js$': ['<rootDir>/libs/$1/src/$2'],
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'json', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data'],
};

/** Installations under test run as processes of their own, on what `npm run build` made. */
const processes = {
  globalSetup: '<rootDir>/test/harness/global-setup.mjs',
  globalTeardown: '<rootDir>/test/harness/global-teardown.mjs',
};

export default {
  projects: [
    { ...project, displayName: 'unit', rootDir: import.meta.dirname, testMatch: ['<rootDir>/{apps,libs,migrations}/**/*.spec.{ts,tsx}'] },
    {
      ...project,
      ...processes,
      displayName: 'e2e',
      rootDir: import.meta.dirname,
      testMatch: ['<rootDir>/{apps,libs,test,migrations}/**/*.e2e-spec.ts'],
    },
    {
      ...project,
      ...processes,
      displayName: 'browser',
      rootDir: import.meta.dirname,
      testMatch: ['<rootDir>/{apps,test}/**/*.browser-spec.ts'],
    },
    {
      ...project,
      ...processes,
      displayName: 'counterpart',
      rootDir: import.meta.dirname,
      testMatch: ['<rootDir>/{apps,test}/**/*.counterpart-spec.ts'],
    },
  ],
  testTimeout: 120_000,
};
