#!/usr/bin/env node
/** `npm run -s f910 -- COMMAND`: the terminal, from the sources, after everything that it needs is in place. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureElectron } from './lib/electron.mjs';
import { main, prepare } from './lib/prepare.mjs';
import { root, stamps } from './lib/places.mjs';
import { handOver } from './lib/processes.mjs';

const words = process.argv.slice(2);
/** Nothing is computed, so nothing has to be fetched for it. */
const onlyTells =
  words.length === 0 || words.some(word => ['--help', '-h', '--version', '-V', 'help'].includes(word));
const repairs = words.includes('doctor') && words.includes('--repair');

await main(async () => {
  const engine = onlyTells ? 'leave' : repairs ? 'retry' : 'use';
  const { node } = await prepare({ engine, build: words[0] === 'serve' && !onlyTells });
  if (repairs) await ensureElectron(node, { retry: true });
  // Some versions of Node 24 still announce that they read TypeScript.
  const quiet = '--disable-warning=ExperimentalWarning';
  // See src/engine/tensor/process-settings.ts.
  const allocator = JSON.parse(readFileSync(join(root, 'src', 'engine', 'tensor', 'allocator.json'), 'utf8'));
  // Reading the sources anew would take a third of the time of a short command.
  const compiled = { NODE_COMPILE_CACHE: join(stamps, 'compiled') };
  return handOver(node, [quiet, join(root, 'src', 'main', 'cli.ts'), ...words], {
    ...compiled,
    ...allocator,
  });
});
