/** The checks that read the sources without running them. */
import { join } from 'node:path';
import { modules } from './places.mjs';
import { run } from './processes.mjs';

const LAYERS = ['shared', 'core', 'engine', 'node'];

/** @returns {Promise<{ ok: boolean, output: string }>} */
export async function typecheck(node) {
  const tsc = join(modules, 'typescript', 'bin', 'tsc');
  const svelteCheck = join(modules, 'svelte-check', 'bin', 'svelte-check');
  const commands = [
    ...LAYERS.map(layer => [tsc, '-p', `tsconfig.${layer}.json`]),
    [svelteCheck, '--tsconfig', './tsconfig.web.json', '--output', 'human', '--fail-on-warnings'],
  ];
  return together(node, commands);
}

/** @returns {Promise<{ ok: boolean, output: string }>} */
export async function lint(node) {
  return together(node, [
    [join(modules, 'eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0'],
    [join(modules, 'prettier', 'bin', 'prettier.cjs'), '--check', '--log-level=warn', '.'],
  ]);
}

/** One after the other; the output of those that fail. */
async function together(node, commands) {
  const results = [];
  for (const args of commands) results.push(await run(node, args));
  const failed = results.filter(({ ok }) => !ok);
  return { ok: failed.length === 0, output: failed.map(({ output }) => output).join('\n') };
}
