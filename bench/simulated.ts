/** Simulated data for benchmarks: made once in a folder of its own, deleted by whoever asked for it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { engineSettings } from '../src/engine/tensor/process-settings.ts';
import { watch, type Watched } from './processes.ts';

const cli = fileURLToPath(new URL('../src/main/cli.ts', import.meta.url));
/** As scripts/f910.mjs has it. */
const compiled = fileURLToPath(new URL('../node_modules/.f910/compiled', import.meta.url));

export interface Bed {
  readonly folder: string;
  /** The terminal program, on a workspace in the folder. */
  f910(args: readonly string[]): Promise<Watched>;
  remove(): void;
}

export function makeBed(): Bed {
  const folder = mkdtempSync(join(tmpdir(), 'f910-bench-'));
  const env = {
    ...engineSettings(),
    NODE_COMPILE_CACHE: compiled,
    F910_WORKSPACE: join(folder, 'workspace'),
  };
  return {
    folder,
    f910: args => watch(process.execPath, ['--disable-warning=ExperimentalWarning', cli, ...args], env),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A 10x folder with labels.csv, of the size of the paper's data unless told otherwise. @returns its path */
export async function simulate(
  bed: Bed,
  { cells = 15_933, genes = 8_960, types = 12 } = {},
): Promise<string> {
  const out = join(bed.folder, `simulated-${cells}`);
  const sizes = { cells, genes, types, out };
  await bed.f910([
    'simulate',
    '--quiet',
    ...Object.entries(sizes).flatMap(([k, v]) => [`--${k}`, String(v)]),
  ]);
  return out;
}
