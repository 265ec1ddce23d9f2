/** `npm run bench`: everything in place, built, then the benchmarks. */
import { join } from 'node:path';
import { main, prepare } from './lib/prepare.mjs';
import { root } from './lib/places.mjs';
import { handOver } from './lib/processes.mjs';

await main(async () => {
  const { node } = await prepare({ build: true });
  const quiet = '--disable-warning=ExperimentalWarning';
  return handOver(node, [quiet, join(root, 'bench', 'main.ts'), ...process.argv.slice(2)]);
});
