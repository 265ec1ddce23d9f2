/** Simulated counts in a folder, as Cell Ranger 3 writes them, with the labels and the truth beside them. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { SimulateInput } from '../../shared/contract.ts';
import { badInput, cancelled } from '../../shared/errors.ts';
import type { Progress } from '../../shared/model.ts';
import { pacer } from '../counts/pacer.ts';
import type { RowBlock } from '../counts/rows.ts';
import type { GeneReference } from '../genes/reference.ts';
import { syncFolder } from '../workspace/atomic.ts';
import { storageError } from '../workspace/storage-error.ts';
import { barcode, CellSampler } from './cells.ts';
import { planSimulation } from './plan.ts';
import type { SimulationPlan } from './plan.ts';
import { truthOf } from './truth.ts';
import { writeMatrix } from './mtx-writer.ts';

export interface SimulateContext {
  readonly signal: AbortSignal;
  progress(value: Progress): void;
}

export const SIMULATING = 'Simulating cells';

/** Entries of a dense block: what is drawn between two looks at the clock. */
const BLOCK = 1 << 20;

/**
 * Writes matrix.mtx.gz, features.tsv.gz, barcodes.tsv.gz, labels.csv and truth.json to a folder that appears whole or
 * not at all. Memory does not grow with the number of cells beyond their names and labels.
 * @throws AppError BAD_INPUT where the folder holds something already or there are not as many genes, NO_ROOM,
 *   CANCELLED.
 */
export async function simulateToFolder(
  reference: GeneReference,
  input: SimulateInput,
  context: SimulateContext,
): Promise<{ out: string; cells: number; genes: number; nonzeros: number }> {
  const out = resolve(input.out);
  await checkFree(out);
  const { cells, genes, types, seed } = input;
  const plan = planSimulation(reference, { cells, genes, types, seed });
  const partial = join(dirname(out), `.${basename(out)}-${randomBytes(6).toString('hex')}.partial`);
  try {
    await mkdir(partial, { recursive: true });
    const nonzeros = await writeFiles(partial, plan, context);
    syncFolder(partial);
    // An empty folder of that name may stand there; a rename onto it is refused on Windows.
    await rmdir(out).catch(() => {});
    await rename(partial, out);
    syncFolder(dirname(out));
    return { out, cells, genes, nonzeros };
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (context.signal.aborted) throw cancelled('The simulation');
    throw storageError(error, out);
  }
}

async function checkFree(out: string): Promise<void> {
  const names = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw badInput('out', `${out} cannot be written: it is not a folder. Choose another place.`);
  });
  if (names.length > 0) {
    throw badInput('out', `The folder ${out} is not empty. Choose a new one for the simulated data.`);
  }
}

async function writeFiles(folder: string, plan: SimulationPlan, context: SimulateContext): Promise<number> {
  const sampler = new CellSampler(plan);
  const put = (name: string, content: string | Buffer): Promise<void> =>
    writeFile(join(folder, name), content, { flush: true });
  const comment = `metadata_json: {"software_version": "F910 Studio simulation, seed ${plan.seed}", "format_version": 2}`;
  const nonzeros = await writeMatrix(
    join(folder, 'matrix.mtx.gz'),
    plan,
    comment,
    cellBlocks(plan, sampler, context),
    context.signal,
  );
  const features = plan.reference.map(gene => `${gene.ensembl[0]}\t${gene.symbol}\tGene Expression\n`);
  await put('features.tsv.gz', gzipSync(features.join('')));
  const barcodes = Array.from({ length: plan.cells }, (_, cell) => barcode(cell));
  await put('barcodes.tsv.gz', gzipSync(barcodes.map(name => `${name}\n`).join(''), { level: 1 }));
  const labels = barcodes.map(
    (name, cell) =>
      `${name},${plan.simulatedTypes[sampler.types[cell]!]!.name},Experiment ${sampler.experiments[cell]! + 1}\n`,
  );
  await put('labels.csv', `cell,cell_type,experiment\n${labels.join('')}`);
  await put('truth.json', `${JSON.stringify(truthOf(plan))}\n`);
  return nonzeros;
}

/** All cells in blocks of bounded size, with progress. */
export async function* cellBlocks(
  plan: SimulationPlan,
  sampler: CellSampler,
  context: SimulateContext,
): AsyncGenerator<RowBlock> {
  const pace = pacer(context.signal);
  const step = Math.max(1, Math.floor(BLOCK / plan.genes));
  for (let from = 0; from < plan.cells; from += step) {
    await pace();
    const to = Math.min(plan.cells, from + step);
    yield sampler.block(from, to);
    context.progress({ phase: 'simulate', label: SIMULATING, done: to, of: plan.cells });
  }
}
