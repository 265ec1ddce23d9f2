import { resolve } from 'node:path';
import { defineConfig } from 'electron-vite';
import { svelte } from '@sveltejs/vite-plugin-svelte';

const entry = (name: string): string => resolve(`src/main/${name}.ts`);

export default defineConfig({
  main: {
    build: {
      rollupOptions: {
        // One bundle per process or worker; engine code finds its workers beside its own entry.
        input: {
          index: entry('index'),
          engine: entry('engine'),
          server: entry('server'),
          cli: entry('cli'),
          'scran-worker': entry('scran-worker'),
          'reader-worker': entry('reader-worker'),
        },
      },
    },
  },
  // A sandboxed preload must be CommonJS.
  preload: {
    build: {
      rollupOptions: {
        input: { index: resolve('src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: { plugins: [svelte()], build: { target: 'chrome144', minify: true } },
});
