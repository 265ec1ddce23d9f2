/**
 * The residual products R = C - sum of s w w' of residual.ts, which are never made: out of the products C of genes and the
 * vectors w, or, where cells are few, as X M X' with X the values of genes x cells and M of cells x cells.
 */
import type { CrossProducts } from '../models/cross-products.ts';
import { timesRowBlocks } from '../models/row-blocks.ts';
import type { Tensor, TensorEngine } from '../tensor/engine.ts';

/** A vector w by which R shrinks or grows, and in the second form the u with w = X u. */
export interface Change {
  readonly w: Float32Array;
  readonly u: Float64Array | null;
}

export interface ResidualMatrix {
  row(gene: number): Float32Array;
  /** R v */
  times(v: Float32Array): Float32Array;
  /** Row of the gene times a factor. */
  ofRow(gene: number, factor: number): Change;
  /** Sum of the products C of some genes, each times its factor. */
  ofProducts(genes: readonly number[], factors: Float64Array): Change;
  /** R - sign w w' */
  apply(change: Change, sign: number): void;
  /** All of R in blocks of consecutive rows; each is freed before the next is made. */
  blocks(): Iterable<Tensor>;
  dispose(): void;
}

/** Rows of a block. */
const BLOCK_ROWS = 1024;

/** @param whole whether `times` and `blocks` will be asked for */
export function residualMatrix(
  engine: TensorEngine,
  products: CrossProducts,
  whole: boolean,
): ResidualMatrix {
  const genes = products.squares.length;
  return products.cells !== null && 2 * products.cells < genes
    ? new ResidualOfCells(engine, products, products.cells)
    : new ResidualOfGenes(engine, products, whole);
}

class ResidualOfGenes implements ResidualMatrix {
  readonly #engine: TensorEngine;
  readonly #products: CrossProducts;
  readonly #genes: number;
  /** C */
  readonly #blocks: readonly Tensor[];
  readonly #vectors: { readonly sign: number; readonly w: Float32Array }[] = [];

  constructor(engine: TensorEngine, products: CrossProducts, whole: boolean) {
    this.#engine = engine;
    this.#products = products;
    this.#genes = products.squares.length;
    this.#blocks = whole ? products.tensors(engine) : [];
  }

  row(gene: number): Float32Array {
    const row = this.#products.row(gene).slice();
    this.#subtract(row, ({ w }) => w[gene]!);
    return row;
  }

  times(v: Float32Array): Float32Array {
    const out = timesRowBlocks(this.#engine, this.#blocks, v, this.#genes, 1);
    this.#subtract(out, ({ w }) => dot(w, v));
    return out;
  }

  ofRow(gene: number, factor: number): Change {
    return { w: this.row(gene).map(value => value * factor), u: null };
  }

  ofProducts(genes: readonly number[], factors: Float64Array): Change {
    const w = new Float32Array(this.#genes);
    genes.forEach((gene, i) => {
      const products = this.#products.row(gene);
      for (let j = 0; j < w.length; j++) w[j]! += factors[i]! * products[j]!;
    });
    return { w, u: null };
  }

  apply({ w }: Change, sign: number): void {
    this.#vectors.push({ sign, w });
  }

  *blocks(): Iterable<Tensor> {
    const engine = this.#engine;
    const genes = this.#genes;
    const count = this.#vectors.length;
    if (count === 0) {
      yield* this.#blocks;
      return;
    }
    const signed = new Float32Array(count * genes);
    const plain = new Float32Array(count * genes);
    this.#vectors.forEach(({ sign, w }, k) => {
      plain.set(w, k * genes);
      signed.set(sign === 1 ? w : w.map(value => -value), k * genes);
    });
    const all = engine.tensor(plain, [count, genes]);
    try {
      let from = 0;
      for (const block of this.#blocks) {
        const rows = block.shape[0]!;
        const part = engine.tensor(columnsOf(signed, count, genes, from, rows), [count, rows]);
        const taken = engine.matMul(part, all, 'a');
        const rest = engine.subtract(block, taken);
        engine.free(part, taken);
        try {
          yield rest;
        } finally {
          engine.free(rest);
        }
        from += rows;
      }
    } finally {
      engine.free(all);
    }
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

  dispose(): void {
    this.#engine.free(...this.#blocks);
  }
}

class ResidualOfCells implements ResidualMatrix {
  readonly #engine: TensorEngine;
  readonly #products: CrossProducts;
  readonly #genes: number;
  readonly #cells: number;
  /** genes x cells */
  readonly #x: Tensor;
  readonly #m: Float64Array;

  constructor(engine: TensorEngine, products: CrossProducts, cells: number) {
    this.#engine = engine;
    this.#products = products;
    this.#genes = products.squares.length;
    this.#cells = cells;
    this.#x = engine.tensor(products.valuesOf(Int32Array.from(products.squares.keys())), [
      this.#genes,
      cells,
    ]);
    this.#m = new Float64Array(cells * cells);
    for (let k = 0; k < cells; k++) this.#m[k * cells + k] = 1;
  }

  row(gene: number): Float32Array {
    return this.#across(this.#through(this.#own(gene)));
  }

  times(v: Float32Array): Float32Array {
    const engine = this.#engine;
    const along = engine.scope(() =>
      engine.read(engine.matMul(this.#x, engine.tensor(v, [this.#genes, 1]), 'a')),
    );
    return this.#across(this.#through(along));
  }

  ofRow(gene: number, factor: number): Change {
    return this.#change(this.#through(this.#own(gene)).map(value => value * factor));
  }

  ofProducts(genes: readonly number[], factors: Float64Array): Change {
    const u = new Float64Array(this.#cells);
    genes.forEach((gene, i) => this.#own(gene).forEach((value, k) => (u[k]! += factors[i]! * value)));
    return this.#change(u);
  }

  apply({ u }: Change, sign: number): void {
    const cells = this.#cells;
    for (let row = 0, at = 0; row < cells; row++) {
      const factor = sign * u![row]!;
      for (let column = 0; column < cells; column++) this.#m[at++]! -= factor * u![column]!;
    }
  }

  *blocks(): Iterable<Tensor> {
    const engine = this.#engine;
    const [genes, cells] = [this.#genes, this.#cells];
    const m = engine.tensor(Float32Array.from(this.#m), [cells, cells]);
    try {
      for (let from = 0; from < genes; from += BLOCK_ROWS) {
        const rows = Math.min(BLOCK_ROWS, genes - from);
        const own = Int32Array.from({ length: rows }, (_, k) => from + k);
        const part = engine.tensor(this.#products.valuesOf(own), [rows, cells]);
        const left = engine.matMul(part, m);
        const block = engine.matMul(left, this.#x, 'b');
        engine.free(part, left);
        try {
          yield block;
        } finally {
          engine.free(block);
        }
      }
    } finally {
      engine.free(m);
    }
  }

  #change(u: Float64Array): Change {
    return { w: this.#across(u), u };
  }

  #own(gene: number): Float32Array {
    return this.#products.valuesOf(Int32Array.of(gene));
  }

  /** M v */
  #through(v: ArrayLike<number>): Float64Array {
    const cells = this.#cells;
    const out = new Float64Array(cells);
    for (let row = 0, at = 0; row < cells; row++) {
      let sum = 0;
      for (let column = 0; column < cells; column++) sum += this.#m[at++]! * v[column]!;
      out[row] = sum;
    }
    return out;
  }

  /** X u */
  #across(u: Float64Array): Float32Array {
    const engine = this.#engine;
    return engine.scope(() =>
      engine.read(engine.matMul(this.#x, engine.tensor(Float32Array.from(u), [this.#cells, 1]))),
    );
  }

  dispose(): void {
    this.#engine.free(this.#x);
  }
}

/** Some columns of a rows x width matrix. */
function columnsOf(
  matrix: Float32Array,
  rows: number,
  width: number,
  from: number,
  count: number,
): Float32Array {
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
