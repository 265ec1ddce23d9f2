/**
 * Seconds of training steps, as the trainer does them: `training-steps NET-AS-JSON`, started with `trainerSettings`.
 * Batches are gathered from sparse rows. Prints {"seconds": [...]}.
 */
import { availableParallelism } from 'node:os';
import { createRandom } from '../src/core/random.ts';
import { MemoryRows } from '../src/engine/counts/memory-rows.ts';
import { dropoutMask } from '../src/engine/models/dropout.ts';
import { initialStates } from '../src/engine/models/initial-weights.ts';
import { range } from '../src/engine/steps/cells.ts';
import { loadLibrary } from '../src/engine/tensor/native.ts';
import { shardedNetworks } from '../src/engine/trainer/sharded-network.ts';
import type { StepsOf } from './training.ts';

const { genes, inputs, hidden, batch, steps, warmUp, cells, density, weighted, lasso } = JSON.parse(
  process.argv[2]!,
) as StepsOf;

const all = range(genes);
const ofInputs = all.slice(0, inputs);
const ofTargets = inputs === genes ? all : all.slice(inputs);
const layout = { inputs: ofInputs.length, hidden, targets: ofTargets.length };
const around = (columns: Int32Array) => ({ columns, means: new Float32Array(columns.length).fill(density) });
const source = {
  layout,
  inputs: around(ofInputs),
  targets: around(ofTargets),
  genes,
  batch,
  emphasis: weighted ? new Float32Array(ofTargets.length).fill(1 + density) : null,
};
const rows = randomRows();
const threads = availableParallelism();
const make = shardedNetworks(
  new URL('../src/main/training-worker.ts', import.meta.url),
  loadLibrary().addon,
  threads,
);
const network = await make(source, initialStates(layout, 1, 'bench'));
const seconds: number[] = [];
const underWay: Promise<number>[] = [];
let last = performance.now();
for (let step = 0; step < warmUp + steps; step++) {
  const order = Int32Array.from({ length: batch }, (_, k) => (step * batch + k) % cells);
  const random = createRandom(1, 'dropout', step);
  underWay.push(
    network.step(rows.gather(order), {
      update: step + 1,
      learningRate: 3e-4,
      lambda: lasso ? 1e-3 : 0,
      masks: hidden.map(width => dropoutMask(random, 0.2, batch * width)),
    }),
  );
  if (underWay.length > network.ahead) await one(step - network.ahead);
}
for (let left = underWay.length; left > 0; left--) await one(warmUp + steps - left);
await network.release();
process.stdout.write(`${JSON.stringify({ seconds })}\n`);

async function one(step: number): Promise<void> {
  await underWay.shift();
  const now = performance.now();
  if (step >= warmUp) seconds.push((now - last) / 1000);
  last = now;
}

function randomRows(): MemoryRows {
  const random = createRandom(1, 'cells');
  const ptr = new Float64Array(cells + 1);
  const idx: number[] = [];
  const val: number[] = [];
  for (let cell = 0; cell < cells; cell++) {
    for (let gene = 0; gene < genes; gene++) {
      if (random.next() >= density) continue;
      idx.push(gene);
      val.push(2 * random.next());
    }
    ptr[cell + 1] = idx.length;
  }
  return new MemoryRows(genes, ptr, Uint32Array.from(idx), Float32Array.from(val));
}
