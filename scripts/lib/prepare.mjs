/** Everything that has to be there before the app can run, in order. */
import { ensureBuild } from './build.mjs';
import { ensureEngine } from './engine/set-up.mjs';
import { ensureInstall } from './install.mjs';
import { findNode24 } from './node24.mjs';
import { say } from './say.mjs';

/**
 * @param {{ engine?: 'use' | 'retry' | 'leave', build?: boolean }} needs engine: `retry` tries again what was given up
 * @returns {Promise<{ node: string, engine: { native: boolean, why: string } | null }>} the program of Node 24
 */
export async function prepare({ engine = 'use', build = false } = {}) {
  await ensureInstall();
  const node = findNode24();
  const state = engine === 'leave' ? null : await ensureEngine(node, { retry: engine === 'retry' });
  if (build) await ensureBuild(node);
  return { node, engine: state };
}

/** Runs a script's work and ends with its exit code; a failure is told in words. */
export async function main(work) {
  try {
    process.exitCode = await work();
  } catch (error) {
    say(error.message);
    process.exitCode = 1;
  }
}
