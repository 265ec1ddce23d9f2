/** Draws the cells of a plan. Every cell has a stream of its own, so that blocks of any size give the same counts. */
import { drawNegativeBinomial } from '../../core/distributions.ts';
import { createRandom } from '../../core/random.ts';
import type { RowBlock } from '../counts/rows.ts';
import { MODEL } from './plan.ts';
import type { SimulationPlan } from './plan.ts';

export class CellSampler {
  readonly #plan: SimulationPlan;
  /** ln mean with markers and the mean activities, per type and experiment; made when first needed. */
  readonly #base = new Map<number, Float64Array>();
  readonly #share: Float64Array;
  /** Type of every cell. */
  readonly types: Int32Array;
  /** Experiment of every cell. */
  readonly experiments: Int32Array;

  constructor(plan: SimulationPlan) {
    this.#plan = plan;
    this.#share = new Float64Array(plan.genes);
    this.types = spread(plan, plan.types, 'type of cells');
    this.experiments = spread(plan, MODEL.experiments, 'experiment of cells');
  }

  /** Cells from (inclusive) to (exclusive). */
  block(from: number, to: number): RowBlock {
    const { genes } = this.#plan;
    const ptr = new Float64Array(to - from + 1);
    let idx = new Uint32Array((to - from) * Math.ceil(genes / 4));
    let val = new Float32Array(idx.length);
    let used = 0;
    for (let cell = from; cell < to; cell++) {
      if (idx.length - used < genes) {
        const grown = new Uint32Array(idx.length * 2 + genes);
        grown.set(idx);
        idx = grown;
        const values = new Float32Array(idx.length);
        values.set(val);
        val = values;
      }
      used = this.#draw(cell, idx, val, used);
      ptr[cell - from + 1] = used;
    }
    return { rows: to - from, ptr, idx: idx.subarray(0, used), val: val.subarray(0, used) };
  }

  /** Writes the entries of one cell from `used` on. @returns the new end. */
  #draw(cell: number, idx: Uint32Array, val: Float32Array, used: number): number {
    const { genes, dispersion, programmes, librarySizeMedian, seed } = this.#plan;
    const type = this.types[cell]!;
    const random = createRandom(seed, 'simulation', 'cell', cell);
    const share = this.#share;
    share.set(this.#baseOf(type, this.experiments[cell]!));
    for (const programme of programmes) {
      if (!programme.types.includes(type)) continue;
      const away = MODEL.activityWithinType * random.normal();
      const { genes: members, loadings } = programme;
      for (let k = 0; k < members.length; k++) share[members[k]!]! += away * loadings[k]!;
    }
    let sum = 0;
    for (let g = 0; g < genes; g++) sum += share[g] = Math.exp(share[g]!);
    const size = librarySizeMedian * Math.exp(MODEL.librarySizeDeviation * random.normal());
    const scale = size / sum;
    for (let g = 0; g < genes; g++) {
      const count = drawNegativeBinomial(random, share[g]! * scale, dispersion[g]!);
      if (count === 0) continue;
      idx[used] = g;
      val[used++] = count;
    }
    return used;
  }

  #baseOf(type: number, experiment: number): Float64Array {
    const key = type * MODEL.experiments + experiment;
    const held = this.#base.get(key);
    if (held !== undefined) return held;
    const { mean, programmes, simulatedTypes, experiments } = this.#plan;
    const { markers, markerEffects, activity } = simulatedTypes[type]!;
    const base = mean.map((m, g) => Math.log(m) + experiments[experiment]![g]!);
    for (const [k, gene] of markers.entries()) base[gene]! += markerEffects[k]!;
    for (const [k, { genes, loadings }] of programmes.entries()) {
      for (let j = 0; j < genes.length; j++) base[genes[j]!]! += activity[k]! * loadings[j]!;
    }
    this.#base.set(key, base);
    return base;
  }
}

/** Groups of equal size, in random order. */
function spread(plan: SimulationPlan, groups: number, name: string): Int32Array {
  const random = createRandom(plan.seed, 'simulation', name);
  return random.shuffle(Int32Array.from({ length: plan.cells }, (_, cell) => cell % groups));
}

/** Name of a cell: sixteen letters that differ for every cell, and the number that Cell Ranger adds. */
export function barcode(cell: number): string {
  // Multiplying by an odd number permutes the 2^32 numbers of sixteen letters.
  let code = Math.imul(cell + 1, 0x9e3779b1) >>> 0;
  let letters = '';
  for (let k = 0; k < 16; k++) {
    letters += 'ACGT'[code % 4]!;
    code = Math.floor(code / 4);
  }
  return `${letters}-1`;
}
