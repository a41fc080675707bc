import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** What a page's script finds in a browser. */
const browserGlobals = Object.fromEntries(
  ['Node', 'document', 'location', 'addEventListener', 'CSS', 'Event'].map((name) => [
    name,
    'readonly',
  ]),
);

export default tseslint.config(
  { ignores: ['dist', '.dist-*', '.types-*', 'runs', '.tap', 'node_modules', 'examples'] },
  eslint.configs.recommended,
  { files: ['assets/*.js'], languageOptions: { sourceType: 'script', globals: browserGlobals } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Numbers and booleans read well in messages; objects still may not slip in.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      // tap collects the promise of every subtest itself.
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', package: '@tapjs/test', name: 'test' }] },
      ],
      // The console is full of control characters, and this project is about the console.
      'no-control-regex': 'off',
    },
  },
);
