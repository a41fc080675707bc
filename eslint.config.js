import path from 'node:path';
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';
import { doors, roomOf } from './doors.js';

const source = path.join(import.meta.dirname, 'src');

/** A file of src/ imports only from its own room and from those that doors.js names. */
const doorsRule = {
  create(context) {
    const file = path.relative(source, context.filename);
    if (file.startsWith('..')) return {};
    const room = roomOf(file);
    const check = ({ source: imported }) => {
      if (typeof imported?.value !== 'string' || !imported.value.startsWith('.')) return;
      const target = path.relative(
        source,
        path.resolve(path.dirname(context.filename), imported.value),
      );
      const other = roomOf(target);
      if (other === room || other === '..' || doors[room]?.includes(other)) return;
      context.report({ node: imported, message: `${room} may not import ${other}: see doors.js` });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

/** What a page's script finds in a browser. */
const browserGlobals = Object.fromEntries(
  ['Node', 'document', 'location', 'addEventListener', 'CSS', 'Event'].map((name) => [
    name,
    'readonly',
  ]),
);

export default tseslint.config(
  {
    ignores: [
      'dist',
      '.dist-*',
      '.types-*',
      'runs',
      '.tap',
      'tap-snapshots',
      'node_modules',
      'examples',
    ],
  },
  eslint.configs.recommended,
  { files: ['assets/*.js'], languageOptions: { sourceType: 'script', globals: browserGlobals } },
  {
    files: ['src/**/*.ts'],
    plugins: { house: { rules: { doors: doorsRule } } },
    rules: { 'house/doors': 'error' },
  },
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
