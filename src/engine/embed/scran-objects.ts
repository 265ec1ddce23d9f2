/** Small helpers around scran.js objects in the worker: freeing them, building a matrix, reading clusters. */
// The package ships no types; every file that imports it reaches them through this one.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./scran.d.ts" />
import * as scran from 'scran.js';
import type { ScranMatrix, SnnGraph } from 'scran.js';
import type { SharedMatrix } from './protocol.ts';

/** Frees what was kept in it when the block ends, latest first. */
export class Scope {
  #kept: { free(): void }[] = [];

  keep<T extends { free(): void }>(object: T): T {
    this.#kept.push(object);
    return object;
  }

  [Symbol.dispose](): void {
    for (const object of this.#kept.reverse()) object.free();
  }
}

export function cellMatrix(shared: SharedMatrix): ScranMatrix {
  return scran.initializeSparseMatrixFromSparseArrays(
    shared.genes,
    shared.cells,
    shared.val,
    shared.idx,
    shared.ptr,
    // Values may be logarithms: forceInteger would silently cut them to whole numbers.
    { byRow: true, forceInteger: false, layered: false },
  );
}

/** Cluster of every cell by the Leiden method, numbered from 0. */
export function membership(graph: SnnGraph, resolution: number): Int32Array {
  using scope = new Scope();
  const result = scope.keep(
    scran.clusterGraph(graph, {
      method: 'leiden',
      leidenResolution: resolution,
      leidenObjective: 'modularity',
    }),
  );
  const codes = result.membership();
  return codes instanceof BigInt64Array ? Int32Array.from(codes, Number) : codes;
}
