/** A small data set with known structure, a network for it, and a place for its checkpoints. */
import { createRandom } from '../../../src/core/random.ts';
import type { CellRows } from '../../../src/engine/counts/rows.ts';
import {
  decodeCheckpoint,
  encodeCheckpoint,
  type Checkpoint,
  type CheckpointStore,
} from '../../../src/engine/models/checkpoint.ts';
import type { NetworkSpec } from '../../../src/engine/models/network.ts';
import { denseRows, range } from './dense-rows.ts';

/** Genes driven by three factors, except the last `noise` ones, which are driven by nothing. */
function factorData(cells: number, genes: number, noise: number): CellRows {
  const random = createRandom('factor data', cells, genes);
  const loadings = Float64Array.from({ length: 3 * genes }, () => random.normal());
  const values: number[] = [];
  for (let c = 0; c < cells; c++) {
    const factors = [random.normal(), random.normal(), random.normal()];
    for (let g = 0; g < genes; g++) {
      const signal =
        g >= genes - noise ? 0 : factors.reduce((s, f, k) => s + f * loadings[k * genes + g]!, 0);
      values.push(Math.max(0, signal + 0.5 * random.normal() + 0.5));
    }
  }
  return denseRows(values, genes);
}

export const rows = factorData(260, 40, 10);
export const cells = { train: range(0, 200), stop: range(200, 260) };
export const base: NetworkSpec = {
  id: 'select',
  inputs: range(0, 40),
  targets: range(0, 40),
  hidden: [16],
  dropout: 0.2,
  batch: 32,
  learningRate: 5e-3,
  epochs: 6,
  patience: 3,
  weighted: true,
  lambda: 1e-3,
  seed: 7,
};

/** A store that keeps the bytes of the last checkpoint, and counts saves. */
export function memoryStore(
  everySeconds?: number,
): CheckpointStore & { bytes: Uint8Array | null; saves: number } {
  return {
    bytes: null as Uint8Array | null,
    saves: 0,
    ...(everySeconds === undefined ? {} : { everySeconds }),
    load(): Checkpoint | null {
      return this.bytes === null ? null : decodeCheckpoint(this.bytes, 'checkpoint');
    },
    save(checkpoint: Checkpoint): void {
      this.bytes = Buffer.concat([...encodeCheckpoint(checkpoint)]);
      this.saves++;
    },
  };
}
