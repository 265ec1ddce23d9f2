/**
 * Selection by gates (PERSIST, Covert et al. 2023, and the binary concrete gates of Louizos, Welling and Kingma 2018): every
 * gene stands behind a gate that is open with some probability; a linear decoder learns to predict the principal components
 * from what comes through, and the gates learn with it. The probabilities always add up to a number of genes that falls from
 * half of all to exactly k, while the gates become harder; the k genes with the most open gates are the panel.
 */
import { createRandom } from '../../core/random.ts';
import type { CellRows } from '../counts/rows.ts';
import { pause } from '../models/pause.ts';
import { range } from '../steps/cells.ts';
import { columnMap, fillDense } from '../steps/predictor.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import type { OtherTargets } from './aim.ts';

const STEPS = 400;
const BATCH = 128;
const RATE = 0.01;
const GATE_RATE = 0.1;
/** Temperature of the gates at the first and the last step. */
const [SOFT, HARD] = [1, 0.2];
/** Share of the steps after which the gates add up to k. */
const FALL = 0.6;
/** Beyond, a gate is open or closed. */
const MOST = 12;
const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

export interface GatesRequest {
  readonly engine: TensorEngine;
  readonly rows: CellRows;
  readonly train: Int32Array;
  readonly means: Float64Array;
  /** Principal components of the training cells: what the decoder predicts. */
  readonly components: OtherTargets;
  /** Sum of squares of each gene over the training cells. */
  readonly squares: Float64Array;
  readonly size: number;
  readonly mustHave: readonly number[];
  readonly banned: Uint8Array;
  readonly seed: number;
  readonly signal: AbortSignal;
  onShare(share: number): void;
}

/** @returns `size` genes, the most open gates first. @throws AppError CANCELLED */
export async function gatedGenes(request: GatesRequest): Promise<Int32Array> {
  const { engine, rows, train, means, components, size, banned, seed, signal } = request;
  const genes = rows.genes;
  const width = components.weights.length;
  const n = train.length;
  const vectors = directions(components, genes, width);
  const scale = Math.sqrt(request.squares.reduce((sum, square) => sum + square, 0) / n) || 1;
  const random = createRandom(seed, 'gates', size);
  const order = range(n);
  const map = columnMap(range(genes), genes);
  const dense = new Float32Array(BATCH * genes);
  const open = new Float64Array(genes);
  for (let gene = 0; gene < genes; gene++) open[gene] = banned[gene] === 1 ? -Infinity : 0;
  for (const gene of request.mustHave) open[gene] = Infinity;
  const decoder = new Adam(genes * width, RATE);
  // The decoder that all genes would have: scores are X v.
  decoder.values.set(vectors);
  const gates = new Gates(genes);
  const free = range(genes).filter(gene => Number.isFinite(open[gene]!));
  const must = request.mustHave.length;
  for (let step = 0; step < STEPS; step++) {
    if (step % 4 === 0) await pause(signal, 'Selecting by gates');
    if ((step * BATCH) % n < BATCH) random.shuffle<number, Int32Array>(order);
    const from = (step * BATCH) % Math.max(1, n - BATCH + 1);
    const cells = order
      .slice(from, from + BATCH)
      .map(k => train[k]!)
      .sort();
    const count = cells.length;
    const x = fillDense(rows.gather(cells), map, genes, dense);
    for (let row = 0; row < count; row++) {
      for (let gene = 0; gene < genes; gene++) {
        x[row * genes + gene] = (x[row * genes + gene]! - means[gene]!) / scale;
      }
    }
    const share = Math.min(1, step / (FALL * STEPS));
    const target = Math.exp(
      Math.log(Math.max(size, genes / 2)) * (1 - share) + Math.log(Math.max(1, size)) * share,
    );
    const offset = offsetFor(gates.values, free, target - must);
    const temperature = SOFT * (HARD / SOFT) ** (step / STEPS);
    const mask = new Float32Array(genes);
    const slope = new Float64Array(genes);
    for (const gene of request.mustHave) mask[gene] = 1;
    for (const gene of free) {
      const u = Math.min(1 - 1e-7, Math.max(1e-7, random.next()));
      const noise = Math.log(u / (1 - u));
      const value = 1 / (1 + Math.exp(-(gates.values[gene]! + offset + noise) / temperature));
      mask[gene] = value;
      slope[gene] = (value * (1 - value)) / temperature;
    }
    const product = engine.scope(() => {
      const whole = engine.tensor(x, [count, genes]);
      const truth = engine.matMul(whole, engine.tensor(vectors, [genes, width]));
      const through = engine.tensor(gated(decoder.values, mask, width), [genes, width]);
      const error = engine.subtract(engine.matMul(whole, through), truth);
      return engine.read(engine.matMul(whole, engine.scale(error, 2 / count), 'a'));
    });
    const gateGradient = new Float64Array(genes);
    for (let gene = 0; gene < genes; gene++) {
      let sum = 0;
      for (let k = 0; k < width; k++) {
        const at = gene * width + k;
        sum += decoder.values[at]! * product[at]!;
        product[at]! *= mask[gene]!;
      }
      gateGradient[gene] = sum * slope[gene]!;
    }
    decoder.step(product);
    gates.step(gateGradient);
    request.onShare((step + 1) / STEPS);
  }
  const value = Float64Array.from(open, (held, gene) => (Number.isFinite(held) ? gates.values[gene]! : held));
  return range(genes)
    .filter(gene => value[gene] !== -Infinity)
    .sort((a, b) => (value[b] === value[a] ? a - b : value[b]! > value[a]! ? 1 : -1))
    .slice(0, size);
}

/** The number that makes the probabilities of the free gates add up to a target. */
function offsetFor(logits: Float32Array | Float64Array, free: Int32Array, target: number): number {
  let [low, high] = [-60, 60];
  for (let k = 0; k < 50; k++) {
    const middle = (low + high) / 2;
    let sum = 0;
    for (const gene of free) sum += 1 / (1 + Math.exp(-(logits[gene]! + middle)));
    if (sum > target) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/** genes x width: unit vectors of the components, weighted by the root of their weight. */
function directions({ products, weights }: OtherTargets, genes: number, width: number): Float32Array {
  const lengths = new Float64Array(width);
  for (let at = 0; at < genes * width; at++) lengths[at % width]! += products[at]! ** 2;
  return Float32Array.from({ length: genes * width }, (_, at) => {
    const k = at % width;
    return (products[at]! / (Math.sqrt(lengths[k]!) || 1)) * (weights[k]! > 0 ? 1 : 0);
  });
}

function gated(values: Float32Array, mask: Float32Array, width: number): Float32Array {
  return values.map((value, at) => value * mask[Math.floor(at / width)]!);
}

/**
 * Logits of the gates. All move at one pace, set by the mean size of their gradients: with a pace of its own, as Adam has it,
 * a gene that hardly matters would open as fast as one that does.
 */
class Gates {
  readonly values: Float64Array;
  readonly #velocity: Float64Array;

  constructor(size: number) {
    this.values = new Float64Array(size);
    this.#velocity = new Float64Array(size);
  }

  step(gradient: Float64Array): void {
    let squares = 0;
    for (let k = 0; k < gradient.length; k++) {
      this.#velocity[k] = BETA1 * this.#velocity[k]! + (1 - BETA1) * gradient[k]!;
      squares += this.#velocity[k]! ** 2;
    }
    const pace = GATE_RATE / (Math.sqrt(squares / gradient.length) || 1);
    for (let k = 0; k < gradient.length; k++) {
      const moved = this.values[k]! - pace * this.#velocity[k]!;
      this.values[k] = Math.min(MOST, Math.max(-MOST, moved));
    }
  }
}

/** Adam on plain arrays: the tensors of the engine hold no gates. */
class Adam {
  readonly values: Float32Array;
  readonly #first: Float32Array;
  readonly #second: Float32Array;
  readonly #rate: number;
  #t = 0;

  constructor(size: number, rate: number) {
    this.values = new Float32Array(size);
    this.#first = new Float32Array(size);
    this.#second = new Float32Array(size);
    this.#rate = rate;
  }

  step(gradient: ArrayLike<number>): void {
    this.#t++;
    const correct1 = 1 - BETA1 ** this.#t;
    const correct2 = Math.sqrt(1 - BETA2 ** this.#t);
    const rate = (this.#rate * correct2) / correct1;
    for (let k = 0; k < this.values.length; k++) {
      const g = gradient[k]!;
      const first = (this.#first[k] = BETA1 * this.#first[k]! + (1 - BETA1) * g);
      const second = (this.#second[k] = BETA2 * this.#second[k]! + (1 - BETA2) * g * g);
      this.values[k]! -= (rate * first) / (Math.sqrt(second) + EPSILON);
    }
  }
}
