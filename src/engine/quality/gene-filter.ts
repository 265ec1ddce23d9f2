/** What the filter of genes would do under some parameters: kept genes, lost landmarks, and gentler settings. */
import type { LabelColumn } from '../../shared/model.ts';
import type { Params } from '../../shared/params.ts';
import { FILTER_OFF, firstFailures } from '../../shared/quality/filters.ts';
import type { GeneFilterOption, GeneFilterPreview } from '../../shared/quality/model.ts';
import type { CellRows } from '../counts/rows.ts';
import { balance } from '../steps/balance.ts';
import type { QualityOfCells } from '../steps/cell-quality.ts';
import { readCells, sparseBlock } from '../steps/cells.ts';
import { inBlocks, type StepContext } from '../steps/context.ts';
import type { PreprocessParams } from '../steps/preprocess.ts';
import type { Dataset } from '../workspace/dataset.ts';

/** Numbers of cells that are tried beside the present one. */
const FEWER_CELLS = [1, 2, 3, 5, 10, 20, 50, 100];
const FEWER_READS = [1, 2, 3];

export async function previewGenes(
  dataset: Dataset,
  quality: QualityOfCells,
  params: PreprocessParams,
  context: StepContext,
): Promise<GeneFilterPreview> {
  const { rows, genes, summary } = dataset;
  const type = dataset.columns.find(column => column.name === summary.roles.type) ?? null;
  const balanced = balance(rows.cells, type, params, []);
  const failures = firstFailures(quality, summary.alreadyLog === null ? params : FILTER_OFF, balanced);
  const cells = balanced.filter((_, k) => failures[k]! < 0);

  // Of logarithms every stored value counts as seen, as in preprocessing.
  const reads =
    summary.alreadyLog === null
      ? [...FEWER_READS.filter(r => r < params.minReads), params.minReads]
      : [Number.MIN_VALUE];
  const seen = await cellsPerGeneAt(rows, cells, reads, context);
  const seenIn = seen.at(-1)!;
  const kept = Uint8Array.from(seenIn, n => (n >= params.minCells ? 1 : 0));
  const landmark = Uint8Array.from(genes.landmark, row => (row >= 0 ? 1 : 0));
  const options = reads.flatMap((minReads, k) =>
    [...FEWER_CELLS.filter(n => n < params.minCells), params.minCells].map(minCells =>
      optionOf(seen[k]!, landmark, summary.alreadyLog === null ? minReads : params.minReads, minCells),
    ),
  );
  const lost = [...landmark.keys()].filter(gene => landmark[gene] === 1 && kept[gene] === 0);
  return {
    cellsBalanced: balanced.length,
    cellsFiltered: cells.length,
    cellsKept: await cellsWithAny(rows, cells, quality.detected, kept, context),
    genesIn: rows.genes,
    genesKept: sum(kept),
    landmarksIn: sum(landmark),
    landmarksKept: sum(landmark) - lost.length,
    lostLandmarks: lost
      .map(gene => ({
        name: genes.name[gene]!,
        symbol: genes.symbol[gene]!,
        ensembl: genes.ensembl[gene]!,
        seenIn: seenIn[gene]!,
        anyIn: seen[0]![gene]!,
      }))
      .sort((a, b) => b.seenIn - a.seenIn || b.anyIn - a.anyIn),
    options: worthOffering(options),
  };
}

/** The cells that the balancing leaves, for a count that has to start from them; null where it leaves all. */
export function balancedCells(
  type: LabelColumn | null,
  cells: number,
  params: Pick<Params, 'seed' | 'maxCellsPerType'>,
): Int32Array | null {
  const left = balance(cells, type, params, []);
  return left.length === cells ? null : left;
}

/** For each of some ascending thresholds, in how many of the cells every gene has at least so many reads. */
async function cellsPerGeneAt(
  rows: CellRows,
  cells: Int32Array,
  reads: readonly number[],
  context: StepContext,
): Promise<Uint32Array[]> {
  // Each entry is counted once, at the highest threshold that it reaches; sums from the top give the rest.
  const top = reads.length - 1;
  const counts = new Uint32Array(reads.length * rows.genes);
  await inBlocks(context, { ...task(rows, cells), label: 'Looking for rare genes' }, (from, to) => {
    const { ptr, idx, val, rows: n } = readCells(rows, cells, from, to);
    const end = ptr[n]!;
    const lowest = reads[0]!;
    for (let e = 0; e < end; e++) {
      const value = val[e]!;
      if (value < lowest) continue;
      let level = top;
      while (value < reads[level]!) level--;
      counts[level * rows.genes + idx[e]!]!++;
    }
  });
  for (let k = counts.length - rows.genes - 1; k >= 0; k--) counts[k]! += counts[k + rows.genes]!;
  return reads.map((_, k) => counts.subarray(k * rows.genes, (k + 1) * rows.genes));
}

/** Cells with a count in any of the kept genes: the others cannot be normalised. */
async function cellsWithAny(
  rows: CellRows,
  cells: Int32Array,
  detected: Int32Array,
  kept: Uint8Array,
  context: StepContext,
): Promise<number> {
  // A cell with more genes than were dropped has a kept one among them, and need not be read.
  const dropped = rows.genes - sum(kept);
  const unsure = cells.filter(cell => detected[cell]! <= dropped);
  let found = cells.length - unsure.length;
  const counting = { ...task(rows, unsure), label: 'Looking for cells without counts in the kept genes' };
  await inBlocks(context, counting, (from, to) => {
    const { ptr, idx, rows: n } = readCells(rows, unsure, from, to);
    for (let r = 0; r < n; r++) {
      for (let e = ptr[r]!; e < ptr[r + 1]!; e++) {
        if (kept[idx[e]!] === 0) continue;
        found++;
        break;
      }
    }
  });
  return found;
}

function task(rows: CellRows, cells: Int32Array) {
  return { phase: 'genes', of: cells.length, block: sparseBlock(rows) };
}

function optionOf(
  seen: Uint32Array,
  landmark: Uint8Array,
  minReads: number,
  minCells: number,
): GeneFilterOption {
  let genes = 0;
  let landmarks = 0;
  for (let gene = 0; gene < seen.length; gene++) {
    if (seen[gene]! < minCells) continue;
    genes++;
    landmarks += landmark[gene]!;
  }
  return { minReads, minCells, genes, landmarks };
}

/** Fewest genes first; a setting that keeps more genes has to keep more landmarks. */
function worthOffering(options: readonly GeneFilterOption[]): GeneFilterOption[] {
  const sorted = [...options].sort(
    (a, b) => a.genes - b.genes || b.minReads - a.minReads || b.minCells - a.minCells,
  );
  let most = -1;
  return sorted.filter(option => {
    if (option.landmarks <= most) return false;
    most = option.landmarks;
    return true;
  });
}

function sum(flags: Uint8Array): number {
  return flags.reduce((n, flag) => n + flag, 0);
}
