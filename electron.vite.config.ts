import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defineConfig } from 'electron-vite';
import { svelte } from '@sveltejs/vite-plugin-svelte';

const folder = resolve('src/main');
/** One bundle per process or worker; the engine finds its workers beside its own entry. */
const entries = readdirSync(folder).filter(name =>
  /^(index|engine|server|cli|trainer|.*-worker)\.ts$/.test(name),
);
const input = Object.fromEntries(entries.map(name => [name.slice(0, -'.ts'.length), join(folder, name)]));

export default defineConfig({
  // With its parser inside, the window's own process needs nothing but Electron from outside of its archive.
  main: { build: { externalizeDeps: { exclude: ['zod'] }, rollupOptions: { input } } },
  // A sandboxed preload must be CommonJS.
  preload: {
    build: {
      rollupOptions: {
        input: { index: resolve('src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    plugins: [svelte()],
    build: { target: 'chrome144', minify: true, chunkSizeWarningLimit: 2_000 },
  },
});
