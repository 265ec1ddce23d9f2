/** Every task of the scran.js worker but the maps: quality of cells, variances of genes, neighbours, clusters. */
import * as scran from 'scran.js';
import type { CellQuality, GeneVariances, Neighbours, Points, SharedMatrix, Tasks } from './protocol.ts';
import { cellMatrix, membership, Scope } from './scran-objects.ts';

export function quality(shared: SharedMatrix, subset: Uint8Array | null): CellQuality {
  using scope = new Scope();
  const matrix = scope.keep(cellMatrix(shared));
  const metrics = scope.keep(scran.perCellRnaQcMetrics(matrix, subset === null ? [] : [subset]));
  return {
    librarySize: metrics.sum(),
    detected: metrics.detected(),
    subsetShare: subset === null ? null : metrics.subsetProportion(0),
  };
}

export function variances(shared: SharedMatrix, number: number): GeneVariances {
  using scope = new Scope();
  const matrix = scope.keep(cellMatrix(shared));
  const model = scope.keep(scran.modelGeneVariances(matrix));
  const flags = scran.chooseHvgs(model, { number, minimum: -Infinity });
  const chosen: number[] = [];
  flags.forEach((flag, gene) => flag !== 0 && chosen.push(gene));
  return {
    mean: model.means(),
    variance: model.variances(),
    fitted: model.fitted(),
    residual: model.residuals(),
    chosen: Int32Array.from(chosen),
  };
}

export function neighbours(points: Points, k: number, approximate: boolean): Neighbours {
  using scope = new Scope();
  const nearest = find(scope, points, k, approximate);
  const { indices, distances } = nearest.serialize();
  return { k: nearest.numberOfNeighbors(), indices, distances };
}

/** Clusters at several resolutions, on one graph for each set of points. */
export function clusters({ points, neighbors, resolutions }: Tasks['clusters']['input']): Int32Array[][] {
  return points.map(some => {
    using scope = new Scope();
    const nearest = find(scope, some, neighbors, false);
    const graph = scope.keep(
      scran.buildSnnGraph(nearest, { scheme: 'rank', neighbors: nearest.numberOfNeighbors() }),
    );
    return resolutions.map(resolution => membership(graph, resolution));
  });
}

function find(
  scope: Scope,
  points: Points,
  k: number,
  approximate: boolean,
): scran.FindNearestNeighborsResults {
  const index = scope.keep(
    scran.buildNeighborSearchIndex(points.values, {
      numberOfDims: points.dims,
      numberOfCells: points.cells,
      approximate,
    }),
  );
  return scope.keep(scran.findNearestNeighbors(index, Math.min(k, points.cells - 1)));
}
