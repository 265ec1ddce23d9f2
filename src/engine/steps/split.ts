/**
 * Train, stop and test cells. A fifth of the cells are test cells, read by nothing but the final scoring; a tenth of the
 * rest are stop cells, for early stopping and every other choice. Shares are kept within every cell type, and copies
 * of one cell stay together. Training gets the floor of its share, as in the paper (12,746 of 15,933).
 */
import { createRandom, type Random } from '../../core/random.ts';
import { AppError } from '../../shared/errors.ts';
import type { LabelColumn, RunMetrics } from '../../shared/model.ts';
import type { Params } from '../../shared/params.ts';
import type { CellRows } from '../counts/rows.ts';
import type { StepContext } from './context.ts';
import { firstCopies } from './duplicates.ts';
import { counted, grouped } from './words.ts';

/** Types with fewer cells cannot be shared out and form one stratum together. */
const SMALL_TYPE = 5;

export interface Split {
  /** Rows of the modelled matrix, ascending; the three together are all rows, each once. */
  readonly train: Int32Array;
  readonly stop: Int32Array;
  readonly test: Int32Array;
  readonly report: RunMetrics['split'];
}

/**
 * @param rows the modelled matrix
 * @param types labels of its rows, or null where there are none (one stratum)
 * @throws AppError NOT_POSSIBLE where a part would be empty
 */
export async function splitCells(
  rows: CellRows,
  types: LabelColumn | null,
  params: Pick<Params, 'seed' | 'testShare' | 'stopShare'>,
  context: StepContext,
): Promise<Split> {
  const cells = rows.cells;
  const copies = groupCopies(await firstCopies(rows, context));
  const strata = stratify(cells, types);
  // Only the first of several copies is drawn; the others come along, whatever their own label.
  const drawable = strata.map(stratum => stratum.filter(cell => !copies.later.has(cell)));
  const random = createRandom(params.seed, 'split');

  const kept = floorOf(cells * (1 - params.testShare));
  const [test, rest] = draw(drawable, cells - kept, copies, random.fork('test'));
  const inRest = sum(rest.map(stratum => weight(stratum, copies)));
  const [stop, train] = draw(
    rest,
    inRest - floorOf(inRest * (1 - params.stopShare)),
    copies,
    random.fork('stop'),
  );

  const parts = {
    train: allCells(train, copies),
    stop: allCells(stop, copies),
    test: allCells(test, copies),
  };
  if (Object.values(parts).some(part => part.length === 0)) throw tooFew(cells, copies, params);
  return {
    ...parts,
    report: {
      train: parts.train.length,
      stop: parts.stop.length,
      test: parts.test.length,
      seed: params.seed,
      strata: strata.length,
      duplicatedCells: copies.later.size + copies.of.size,
    },
  };
}

interface Copies {
  /** For the first cell of every group of equal cells: the whole group. */
  readonly of: ReadonlyMap<number, readonly number[]>;
  /** The other cells of these groups. */
  readonly later: ReadonlySet<number>;
}

function groupCopies(firstCopy: Int32Array): Copies {
  const of = new Map<number, number[]>();
  const later = new Set<number>();
  firstCopy.forEach((first, cell) => {
    if (first === cell) return;
    const group = of.get(first) ?? [first];
    group.push(cell);
    of.set(first, group);
    later.add(cell);
  });
  return { of, later };
}

/** Cells by type; types of fewer than five cells together; cells without a label as a type of their own. */
function stratify(cells: number, types: LabelColumn | null): number[][] {
  const groups: number[][] = Array.from({ length: (types?.levels.length ?? 0) + 1 }, () => []);
  for (let cell = 0; cell < cells; cell++) groups.at(types?.codes[cell] ?? -1)!.push(cell); // -1 is the last group
  const large = groups.filter(group => group.length >= SMALL_TYPE);
  const small = groups.filter(group => group.length < SMALL_TYPE).flat();
  return small.length > 0 ? [...large, small] : large;
}

/** Draws `total` cells over all strata, from each in proportion to its size; a group of copies only where it fits. */
function draw(
  strata: readonly (readonly number[])[],
  total: number,
  copies: Copies,
  random: Random,
): [drawn: number[][], rest: number[][]] {
  const quotas = apportion(
    total,
    strata.map(stratum => weight(stratum, copies)),
  );
  const drawn: number[][] = [];
  const rest: number[][] = [];
  strata.forEach((stratum, s) => {
    let open = quotas[s]!;
    const taken: number[] = [];
    const left: number[] = [];
    for (const cell of random.shuffle<number, number[]>([...stratum])) {
      const size = copies.of.get(cell)?.length ?? 1;
      if (size <= open) taken.push(cell);
      else left.push(cell);
      if (size <= open) open -= size;
    }
    drawn.push(taken);
    rest.push(left);
  });
  return [drawn, rest];
}

/** Shares out `total` in proportion to the sizes, by largest remainder; earlier strata win ties. */
function apportion(total: number, sizes: readonly number[]): number[] {
  const all = sum(sizes);
  const exact = sizes.map(size => (all === 0 ? 0 : (total * size) / all));
  const quotas = exact.map(Math.floor);
  const byRemainder = exact
    .map((_, s) => s)
    .sort((s, t) => exact[t]! - quotas[t]! - (exact[s]! - quotas[s]!));
  for (const s of byRemainder.slice(0, Math.max(0, total - sum(quotas)))) quotas[s]!++;
  return quotas;
}

/** How many cells a stratum stands for, copies included. */
function weight(stratum: readonly number[], copies: Copies): number {
  return sum(stratum.map(cell => copies.of.get(cell)?.length ?? 1));
}

function allCells(strata: readonly (readonly number[])[], copies: Copies): Int32Array {
  return Int32Array.from(strata.flat().flatMap(cell => copies.of.get(cell) ?? [cell])).sort();
}

/** Floor that does not fall below a whole number for the rounding of a share such as 1 - .9. */
function floorOf(value: number): number {
  return Math.floor(value + 1e-6);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function tooFew(cells: number, copies: Copies, params: Pick<Params, 'testShare' | 'stopShare'>): AppError {
  const distinct = cells - copies.later.size;
  let needed = 3;
  const fits = (n: number): boolean => {
    const kept = floorOf(n * (1 - params.testShare));
    const train = floorOf(kept * (1 - params.stopShare));
    return kept < n && train < kept && train > 0;
  };
  while (!fits(needed)) needed++;
  const why =
    copies.later.size > 0
      ? `Only ${grouped(distinct)} of ${counted(cells, 'cell')} differ from each other, and copies of a cell stay together, so no train, stop and test cells can be told apart. Check whether cells were read several times.`
      : `${counted(cells, 'cell')} cannot be split into train, stop and test cells; at least ${needed} are needed.`;
  return new AppError('NOT_POSSIBLE', why, { what: 'split', why });
}
