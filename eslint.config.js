import js from '@eslint/js';
import ts from 'typescript-eslint';
import svelte from 'eslint-plugin-svelte';
import prettier from 'eslint-config-prettier';
import globals from 'globals';
import { defineConfig } from 'eslint/config';
import svelteConfig from './svelte.config.js';

/** What a layer may import from the others: imports go one way (docs/architecture.md). */
const forbid = (...patterns) => ({
  'no-restricted-imports': [
    'error',
    {
      patterns: patterns.map(p => ({
        regex: p,
        message: 'This import crosses the layers of docs/architecture.md.',
      })),
    },
  ],
});
const layer = name => `(^|/)${name}/`;

export default defineConfig(
  { ignores: ['out/', 'dist/', 'node_modules/', 'coverage/', 'resources/', 'test/e2e/screenshots/'] },
  js.configs.recommended,
  ...ts.configs.recommendedTypeChecked,
  ...svelte.configs.recommended,
  prettier,
  ...svelte.configs.prettier,
  {
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: {
        project: [
          './tsconfig.shared.json',
          './tsconfig.core.json',
          './tsconfig.engine.json',
          './tsconfig.node.json',
          './tsconfig.web.json',
        ],
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      // Interfaces here are mostly objects of closures, which may be taken apart.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    // State classes also keep what nothing is drawn from: timers, caches.
    rules: { 'svelte/prefer-svelte-reactivity': 'off' },
  },
  { files: ['**/*.js', '**/*.mjs', '**/*.cjs'], extends: [ts.configs.disableTypeChecked] },
  {
    // It speaks with Chromium over the DevTools protocol, whose messages have no types here.
    files: ['test/electron-standin/**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['src/shared/**'],
    rules: forbid(
      layer('core'),
      layer('engine'),
      layer('main'),
      layer('preload'),
      layer('renderer'),
      '^electron$',
      '^node:',
    ),
  },
  {
    files: ['src/core/**'],
    rules: forbid(
      layer('engine'),
      layer('main'),
      layer('preload'),
      layer('renderer'),
      '^electron$',
      '^node:',
    ),
  },
  {
    files: ['src/engine/**'],
    rules: forbid('\\.\\./main/', layer('preload'), layer('renderer'), '^electron$'),
  },
  {
    files: ['src/renderer/**', 'src/preload/**'],
    rules: forbid('\\.\\./core/', layer('engine'), '\\.\\./main/'),
  },
);
