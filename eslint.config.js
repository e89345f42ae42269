import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Where the surroundings are read: the doors, and the programs that build a child's environment from an allowlist. */
const readsEnvironment = [
  'src/main.ts',
  'src/post.ts',
  'src/cli.ts',
  'src/broker.ts',
  'src/surroundings.ts',
  'src/story/finish.ts',
  'src/sandbox/**',
  'src/toolhost/**',
];

export default defineConfig(
  globalIgnores([
    'dist/',
    'build/',
    'coverage/',
    '__tests__/**/fixtures/',
    '__tests__/toolhost/layouts/',
    '__tests__/support/demo/sample/',
  ]),
  {
    files: ['**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-control-regex': 'off', // sanitising and stripping terminal codes name control characters on purpose
      '@typescript-eslint/no-unused-expressions': ['error', { allowShortCircuit: true, allowTernary: true }],
      '@typescript-eslint/no-misused-spread': 'off', // by code point is what we mean
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingAny: true, allowThrowingUnknown: true }], // signal.reason
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingAny: true, allowThrowingUnknown: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // Types are promises of our own code, not of what comes over a wire or out of a file: checking again is not a fault.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: readsEnvironment,
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Read the surroundings in a door and hand them down.' },
        { object: 'process', property: 'exit', message: 'Exit codes are set in the doors.' },
        { object: 'process', property: 'exitCode', message: 'Exit codes are set in the doors.' },
      ],
    },
  },
  {
    files: ['__tests__/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: ['test', 'it', 'describe'] }] },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'jest', property: 'mock', message: 'Fake the far side, not a module of ours.' },
        { object: 'jest', property: 'unstable_mockModule', message: 'Fake the far side, not a module of ours.' },
        { object: 'jest', property: 'spyOn', message: 'Fake the far side, not a module of ours.' },
        ...['test', 'it', 'describe'].map((object) => ({ object, property: 'only', message: 'The other tests would not run.' })),
      ],
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [js.configs.recommended],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'URL', 'Buffer', 'module', 'setTimeout', 'fetch', 'structuredClone'].map((name) => [name, 'readonly']),
      ),
    },
  },
);
