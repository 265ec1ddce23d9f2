/**
 * What a set of measured genes leaves of an aim. Measured genes stand in ridge equations with strength r, which is the same
 * as conditioning a Gaussian on them with noise of variance r: with a gene g more, the residual products become
 * R - R_g R_g' / (R_gg + r). The sum over the targets of what is left is then the least that
 * |Y - X B|^2 + r |B|^2 can be (Farahat, Elgohary, Ghodsi and Kamel 2013 for r = 0).
 *
 * R itself is never made (residual-matrix.ts). Each measured gene leaves a vector w with R = C - sum of s w w', s = 1, or -1
 * for a gene that was given back. Per candidate g the numerator f_g = sum over targets t of weight_t R_gt^2 follows by recursion, with one
 * product of the whole matrix R and a vector for each step; every so often it is computed anew against rounding.
 */
import type { CrossProducts } from '../models/cross-products.ts';
import { pause } from '../models/pause.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import type { Aim } from './aim.ts';
import { residualMatrix, type Change, type ResidualMatrix } from './residual-matrix.ts';

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
  readonly #matrix: ResidualMatrix;
  readonly #numerators: Float64Array;
  /** genes x other targets: products of the residuals with them. */
  readonly #others: Float64Array;
  /** Inverse of the ridge equations of the measured genes, in their order: the first columns of the first rows. */
  #inverse = new Float64Array(0);
  #stride = 0;
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
    this.#matrix = residualMatrix(engine, products, aim.geneWeights !== null);
  }

  dispose(): void {
    this.#matrix.dispose();
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
    const row = geneWeights === null ? null : this.#matrix.row(gene);
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
    const change = this.#matrix.ofRow(gene, root);
    const width = this.#aim.others?.weights.length ?? 0;
    const e = this.#others.slice(gene * width, (gene + 1) * width).map(value => value * root);
    this.#extendInverse(gene, 1 / denominator);
    this.measured.push(gene);
    await this.#apply(change, e, 1, signal);
  }

  /** The inverse of the equations with one row and column more, by its Schur complement 1 / pivot. */
  #extendInverse(gene: number, pivot: number): void {
    const size = this.measured.length;
    if (size + 1 > this.#stride) this.#growInverse(Math.max(16, 2 * this.#stride));
    const [inverse, stride] = [this.#inverse, this.#stride];
    const row = this.#products.row(gene);
    const solved = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += inverse[i * stride + k]! * row[this.measured[k]!]!;
      solved[i] = sum;
    }
    for (let i = 0; i < size; i++) {
      const factor = pivot * solved[i]!;
      for (let k = 0; k < size; k++) inverse[i * stride + k]! += factor * solved[k]!;
      inverse[i * stride + size] = inverse[size * stride + i] = -factor;
    }
    inverse[size * stride + size] = pivot;
  }

  #growInverse(stride: number): void {
    const grown = new Float64Array(stride * stride);
    const size = this.measured.length;
    for (let i = 0; i < size; i++) {
      grown.set(this.#inverse.subarray(i * this.#stride, i * this.#stride + size), i * stride);
    }
    [this.#inverse, this.#stride] = [grown, stride];
  }

  /** The inverse without one row and column. */
  #shrinkInverse(place: number): void {
    const size = this.measured.length;
    const [inverse, stride] = [this.#inverse, this.#stride];
    const own = inverse.slice(place * stride, place * stride + size);
    const pivot = own[place]!;
    for (let i = 0, to = 0; i < size; i++) {
      if (i === place) continue;
      const factor = inverse[i * stride + place]! / pivot;
      for (let k = 0, at = 0; k < size; k++) {
        if (k === place) continue;
        inverse[to * stride + at++] = inverse[i * stride + k]! - factor * own[k]!;
      }
      to++;
    }
  }

  /** How much of the aim would be lost without each of the measured genes, in their order. */
  costs(): Float64Array {
    const size = this.measured.length;
    const { geneWeights, others } = this.#aim;
    const engine = this.#engine;
    const width = others?.weights.length ?? 0;
    if (size === 0) return new Float64Array(0);
    const [inverse, stride] = [this.#inverse, this.#stride];
    const values = new Float32Array(size * size);
    for (let i = 0; i < size; i++) values.set(inverse.subarray(i * stride, i * stride + size), i * size);
    // Squares of the coefficients that predict each target from the measured genes, weighted.
    const squares = (right: Float32Array, weights: Float32Array): Float32Array => {
      const shape = [size, weights.length] as const;
      return engine.scope(() => {
        const coefficients = engine.matMul(engine.tensor(values, [size, size]), engine.tensor(right, shape));
        const product = engine.multiply(coefficients, coefficients);
        return engine.read(engine.matMul(product, engine.tensor(weights, [weights.length, 1])));
      });
    };
    const costs = new Float64Array(size);
    const add = (found: Float32Array): void => found.forEach((value, i) => (costs[i]! += value));
    if (geneWeights !== null) {
      const right = new Float32Array(size * this.genes);
      this.measured.forEach((gene, i) => right.set(this.#products.row(gene), i * this.genes));
      add(squares(right, geneWeights));
    }
    if (others !== null) {
      const right = new Float32Array(size * width);
      this.measured.forEach((gene, i) =>
        right.set(others.products.subarray(gene * width, (gene + 1) * width), i * width),
      );
      add(squares(right, Float32Array.from(others.weights)));
    }
    return costs.map((cost, i) => cost / inverse[i * stride + i]!);
  }

  /** Gives the gene at this place back. @throws AppError CANCELLED */
  async remove(place: number, signal: AbortSignal): Promise<void> {
    const { change, e } = this.#given(place);
    this.#shrinkInverse(place);
    this.measured.splice(place, 1);
    await this.#apply(change, e, -1, signal);
  }

  /** The vectors by which R grows when a gene is given back: its coefficients over the root of its pivot. */
  #given(place: number): { change: Change; e: Float64Array } {
    const size = this.measured.length;
    const row = this.#inverse.subarray(place * this.#stride, place * this.#stride + size);
    const factors = row.map(value => value / Math.sqrt(row[place]!));
    const { others } = this.#aim;
    const width = others?.weights.length ?? 0;
    const e = new Float64Array(width);
    this.measured.forEach((gene, i) => {
      for (let t = 0; t < width; t++) e[t]! += factors[i]! * others!.products[gene * width + t]!;
    });
    return { change: this.#matrix.ofProducts(this.measured, factors), e };
  }

  #length(w: Float32Array): number {
    const { geneWeights } = this.#aim;
    if (geneWeights === null) return 0;
    let sum = 0;
    for (let j = 0; j < w.length; j++) sum += geneWeights[j]! * w[j]! * w[j]!;
    return sum;
  }

  async #apply(change: Change, e: Float64Array, sign: number, signal: AbortSignal): Promise<void> {
    const { w } = change;
    const { geneWeights, others } = this.#aim;
    if (geneWeights !== null) {
      const weighted = w.map((value, j) => value * geneWeights[j]!);
      const image = this.#matrix.times(weighted);
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
    this.#matrix.apply(change, sign);
    if (++this.#sinceExact >= EXACT_EVERY) await this.#exact(signal);
    else if (this.measured.length % 8 === 0) await pause(signal, WHAT);
  }

  async #exact(signal: AbortSignal): Promise<void> {
    this.#sinceExact = 0;
    const { geneWeights } = this.#aim;
    if (geneWeights === null) return;
    const engine = this.#engine;
    const weights = engine.tensor(geneWeights, [this.genes, 1]);
    try {
      let from = 0;
      for (const block of this.#matrix.blocks()) {
        await pause(signal, WHAT);
        const found = engine.scope(() => engine.read(engine.matMul(engine.multiply(block, block), weights)));
        this.#numerators.set(found, from);
        from += found.length;
      }
    } finally {
      engine.free(weights);
    }
  }
}
