import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { svelte } from '@sveltejs/vite-plugin-svelte';

/** Small files that take a minute: begun last, they would run alone at the end. */
const SLOW = [
  'terminal/kill',
  'terminal/commands',
  'scripts/package',
  'e2e/panel',
  'e2e/example',
  'e2e/life',
  'e2e/train',
  'e2e/import',
];

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const slow = ({ moduleId }: TestSpecification): boolean => SLOW.some(name => moduleId.includes(name));
    const sorted = await super.sort(files);
    return [...sorted.filter(slow), ...sorted.filter(file => !slow(file))];
  }
}

/** Files that neither change nor measure their process: one serves them all, and loads TensorFlow once. */
const TOGETHER = [
  'test/{core,shared,renderer,rpc}/**/*.test.ts',
  'test/engine/{counts,genes,go,selection,simulate,steps,tensor}/**/*.test.ts',
];

// Unit and integration tests run in plain Node against the real engine, SQLite and files;
// end-to-end tests (test/e2e) drive the built app in a real browser.
export default defineConfig({
  plugins: [svelte()],
  test: {
    maxWorkers: 2,
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'node-together',
          environment: 'node',
          include: TOGETHER,
          pool: 'forks',
          isolate: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: TOGETHER,
          pool: 'forks',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/{e2e,electron-standin}/**/*.spec.ts'],
          pool: 'forks',
          testTimeout: 240_000,
          // A machine that is busy with other things keeps a page waiting.
          expect: { poll: { timeout: 20_000 } },
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
