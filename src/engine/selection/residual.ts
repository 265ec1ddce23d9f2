/**
 * What a set of measured genes leaves of an aim. Measured genes stand in ridge equations with strength r, which is the same
 * as conditioning a Gaussian on them with noise of variance r: with a gene g more, the residual products become
 * R - R_g R_g' / (R_gg + r). The sum over the targets of what is left is then the least that
 * |Y - X B|^2 + r |B|^2 can be (Farahat, Elgohary, Ghodsi and Kamel 2013 for r = 0).
 *
 * R itself is never made. Each measured gene leaves a vector w with R = C - sum of s w w', s = 1, or -1 for a gene that was
 * given back. Per candidate g the numerator f_g = sum over targets t of weight_t R_gt^2 follows by recursion, with one
 * product of the whole matrix C and a vector for each step; every so often it is computed anew against rounding.
 */
import type { CrossProducts } from '../models/cross-products.ts';
import { pause } from '../models/pause.ts';
import type { Tensor, TensorEngine } from '../tensor/engine.ts';
import type { Aim } from './aim.ts';

/** Steps between two exact computations. */
const EXACT_EVERY = 128;
/** A residual below this share of a gene's own variance is rounding. */
const NOTHING = 1e-5;
const WHAT = 'Selecting genes';

export class Residual {
  readonly genes: number;
  /** Ridge strength, in the units of the products. */
  readonly ridge: number;
  /** Measured genes in the order they came. */
  readonly measured: number[] = [];
  /** Diagonal of R. */
  readonly #rest: Float64Array;
  readonly #engine: TensorEngine;
  readonly #products: CrossProducts;
  readonly #aim: Aim;
  /** C in blocks; null where no gene is a target. */
  readonly #blocks: readonly Tensor[] | null;
  readonly #numerators: Float64Array;
  /** genes x other targets: products of the residuals with them. */
  readonly #others: Float64Array;
  readonly #vectors: { readonly sign: number; readonly w: Float32Array }[] = [];
  /** Inverse of the ridge equations of the measured genes, in their order. */
  #inverse: Float64Array<ArrayBufferLike>[] = [];
  #sinceExact = 0;

  constructor(engine: TensorEngine, products: CrossProducts, aim: Aim, ridge: number) {
    this.#engine = engine;
    this.#products = products;
    this.#aim = aim;
    this.ridge = ridge;
    this.genes = products.squares.length;
    this.#rest = Float64Array.from({ length: this.genes }, (_, gene) => products.row(gene)[gene]!);
    this.#numerators = new Float64Array(this.genes);
    this.#others = aim.others?.products.slice() ?? new Float64Array(0);
    this.#blocks = aim.geneWeights === null ? null : products.tensors(engine);
  }

  dispose(): void {
    if (this.#blocks !== null) this.#engine.free(...this.#blocks);
  }

  /** Computes what recursion cannot begin with. Call it once, before anything else. */
  async begin(signal: AbortSignal): Promise<void> {
    await this.#exact(signal);
  }

  /** How much of the aim a gene would explain beside those that are measured; 0 for one without a rest. */
  gain(gene: number): number {
    const rest = this.#rest[gene]!;
    if (rest <= NOTHING * this.#products.squares[gene]! || rest <= 0) return 0;
    return (this.#numerators[gene]! + this.#otherNumerator(gene)) / (rest + this.ridge);
  }

  #otherNumerator(gene: number): number {
    const { others } = this.#aim;
    if (others === null) return 0;
    const width = others.weights.length;
    let sum = 0;
    for (let t = 0; t < width; t++) sum += others.weights[t]! * this.#others[gene * width + t]! ** 2;
    return sum;
  }

  /** What a gene explains of each target now: genes, then others, weighted. */
  explainedBy(gene: number): { genes: Float64Array | null; others: Float64Array | null } {
    const { geneWeights, others } = this.#aim;
    const scale = 1 / (this.#rest[gene]! + this.ridge);
    const row = geneWeights === null ? null : this.#row(gene);
    const width = others?.weights.length ?? 0;
    return {
      genes: row && Float64Array.from(row, (value, t) => geneWeights![t]! * value * value * scale),
      others:
        others &&
        Float64Array.from(
          others.weights,
          (weight, t) => weight * this.#others[gene * width + t]! ** 2 * scale,
        ),
    };
  }

  /** Measures a gene more. @throws AppError CANCELLED */
  async add(gene: number, signal: AbortSignal): Promise<void> {
    const denominator = this.#rest[gene]! + this.ridge;
    const root = 1 / Math.sqrt(denominator);
    const w = this.#row(gene);
    for (let j = 0; j < w.length; j++) w[j]! *= root;
    const width = this.#aim.others?.weights.length ?? 0;
    const e = this.#others.slice(gene * width, (gene + 1) * width).map(value => value * root);
    // The inverse of the equations with one row and column more.
    const size = this.measured.length;
    const column = this.measured.map(other => this.#products.row(gene)[other]!);
    const solved = Float64Array.from({ length: size }, (_, i) =>
      column.reduce((sum, value, k) => sum + this.#inverse[i]![k]! * value, 0),
    );
    const pivot = 1 / denominator;
    this.#inverse = [
      ...this.#inverse.map((row, i) => {
        const out = new Float64Array(size + 1);
        for (let k = 0; k < size; k++) out[k] = row[k]! + pivot * solved[i]! * solved[k]!;
        out[size] = -pivot * solved[i]!;
        return out;
      }),
      Float64Array.from({ length: size + 1 }, (_, k) => (k === size ? pivot : -pivot * solved[k]!)),
    ];
    this.measured.push(gene);
    await this.#apply(w, e, 1, signal);
  }

  /** How much of the aim would be lost without the gene at this place among the measured ones. */
  cost(place: number): number {
    const { w, e } = this.#given(place);
    return this.#length(w) + this.#otherLength(e);
  }

  /** Gives the gene at this place back. @throws AppError CANCELLED */
  async remove(place: number, signal: AbortSignal): Promise<void> {
    const { w, e } = this.#given(place);
    const row = this.#inverse[place]!;
    const pivot = row[place]!;
    this.#inverse = this.#inverse.flatMap((other, i) => {
      if (i === place) return [];
      const factor = other[place]! / pivot;
      return [other.map((value, k) => value - factor * row[k]!).filter((_, k) => k !== place)];
    });
    this.measured.splice(place, 1);
    await this.#apply(w, e, -1, signal);
  }

  /** The vectors by which R grows when a gene is given back: its coefficients over the root of its pivot. */
  #given(place: number): { w: Float32Array; e: Float64Array } {
    const row = this.#inverse[place]!;
    const root = 1 / Math.sqrt(row[place]!);
    const w = new Float32Array(this.genes);
    const { others } = this.#aim;
    const width = others?.weights.length ?? 0;
    const e = new Float64Array(width);
    this.measured.forEach((gene, i) => {
      const factor = row[i]! * root;
      const products = this.#products.row(gene);
      for (let j = 0; j < w.length; j++) w[j]! += factor * products[j]!;
      for (let t = 0; t < width; t++) e[t]! += factor * others!.products[gene * width + t]!;
    });
    return { w, e };
  }

  #length(w: Float32Array): number {
    const { geneWeights } = this.#aim;
    if (geneWeights === null) return 0;
    let sum = 0;
    for (let j = 0; j < w.length; j++) sum += geneWeights[j]! * w[j]! * w[j]!;
    return sum;
  }

  #otherLength(e: Float64Array): number {
    return e.reduce((sum, value, t) => sum + this.#aim.others!.weights[t]! * value * value, 0);
  }

  /** Row of R. */
  #row(gene: number): Float32Array {
    const row = this.#products.row(gene).slice();
    this.#subtract(row, ({ w }) => w[gene]!);
    return row;
  }

  /** Takes sum of s w factor(w) from a vector. */
  #subtract(out: Float32Array, factor: (vector: { sign: number; w: Float32Array }) => number): void {
    for (const vector of this.#vectors) {
      const { sign, w } = vector;
      const scale = sign * factor(vector);
      if (scale === 0) continue;
      for (let j = 0; j < out.length; j++) out[j]! -= scale * w[j]!;
    }
  }

  async #apply(w: Float32Array, e: Float64Array, sign: number, signal: AbortSignal): Promise<void> {
    const { geneWeights, others } = this.#aim;
    if (geneWeights !== null) {
      const weighted = w.map((value, j) => value * geneWeights[j]!);
      const image = this.#times(weighted);
      this.#subtract(image, vector => dot(vector.w, weighted));
      const length = this.#length(w);
      for (let j = 0; j < w.length; j++) {
        this.#numerators[j]! += w[j]! * (w[j]! * length - 2 * sign * image[j]!);
      }
    }
    const width = others?.weights.length ?? 0;
    for (let j = 0; j < w.length; j++) {
      this.#rest[j]! -= sign * w[j]! * w[j]!;
      for (let t = 0; t < width; t++) this.#others[j * width + t]! -= sign * w[j]! * e[t]!;
    }
    this.#vectors.push({ sign, w });
    if (++this.#sinceExact >= EXACT_EVERY) await this.#exact(signal);
    else if (this.measured.length % 8 === 0) await pause(signal, WHAT);
  }

  /** C v. */
  #times(v: Float32Array): Float32Array {
    const engine = this.#engine;
    const out = new Float32Array(this.genes);
    const right = engine.tensor(v, [v.length, 1]);
    let at = 0;
    for (const block of this.#blocks!) {
      const product = engine.matMul(block, right);
      const values = engine.read(product);
      out.set(values, at);
      at += values.length;
      engine.free(product);
    }
    engine.free(right);
    return out;
  }

  async #exact(signal: AbortSignal): Promise<void> {
    this.#sinceExact = 0;
    const { geneWeights } = this.#aim;
    if (geneWeights === null) return;
    const engine = this.#engine;
    const { genes } = this;
    const count = this.#vectors.length;
    const signed = new Float32Array(count * genes);
    const plain = new Float32Array(count * genes);
    this.#vectors.forEach(({ sign, w }, k) => {
      plain.set(w, k * genes);
      signed.set(sign === 1 ? w : w.map(value => -value), k * genes);
    });
    const weights = engine.tensor(geneWeights, [genes, 1]);
    const all = count === 0 ? null : engine.tensor(plain, [count, genes]);
    try {
      let from = 0;
      for (const block of this.#blocks!) {
        await pause(signal, WHAT);
        const rows = block.shape[0]!;
        const found = engine.scope(() => {
          let rest = block;
          if (all !== null) {
            const part = engine.tensor(columnsOf(signed, count, genes, from, rows), [count, rows]);
            rest = engine.subtract(block, engine.matMul(part, all, 'a'));
          }
          return engine.read(engine.matMul(engine.multiply(rest, rest), weights));
        });
        this.#numerators.set(found, from);
        from += rows;
      }
    } finally {
      engine.free(weights, ...(all === null ? [] : [all]));
    }
  }
}

/** Some columns of a rows x width matrix. */
function columnsOf(matrix: Float32Array, rows: number, width: number, from: number, count: number): Float32Array {
  const out = new Float32Array(rows * count);
  for (let row = 0; row < rows; row++) {
    out.set(matrix.subarray(row * width + from, row * width + from + count), row * count);
  }
  return out;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}
