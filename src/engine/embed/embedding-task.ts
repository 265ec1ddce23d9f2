/**
 * The maps of the cells: variable genes, principal components, neighbours, clusters, t-SNE and UMAP, in that order.
 * Runs in the worker. Every step of scran.js is bit-identical for one and several threads and for whole and sliced
 * runs, so the same cells always give the same maps.
 */
import * as scran from 'scran.js';
import type { Coordinates, FindNearestNeighborsResults, RunPcaResults } from 'scran.js';
import { AppError } from '../../shared/errors.ts';
import type { Progress } from '../../shared/model.ts';
import type { EmbeddingCoordinates, EmbeddingSettings, SharedMatrix } from './protocol.ts';
import { cellMatrix, membership, Scope } from './scran-objects.ts';

/** Milliseconds between two looks at an iteration's progress. */
const SLICE = 250;
const TSNE_ITERATIONS = 1000;
const UMAP_EPOCHS = 500;
const CLUSTER_NEIGHBORS = 10;
/** From here on the approximate search is the faster one. */
const APPROXIMATE_FROM = 20_000;
/** Below it t-SNE's perplexity would fall under 2, where its picture means nothing. */
const TSNE_CELLS = 7;

/** @throws AppError NOT_POSSIBLE with fewer than 4 cells or 3 genes, or when all cells are alike */
export function embed(
  shared: SharedMatrix,
  settings: EmbeddingSettings,
  report: (value: Progress) => void,
): EmbeddingCoordinates {
  const { cells, genes } = shared;
  const why =
    cells < 4
      ? `there are ${cells} cells and at least 4 are needed`
      : genes < 3
        ? `there are ${genes} genes and at least 3 are needed`
        : null;
  if (why !== null) throw notPossible(why);
  const notes: string[] = [];
  const phase = (name: string, label: string, done = 0, of = 0): void =>
    report({ phase: name, label, done, of });

  using scope = new Scope();
  phase('load', 'Handing the cells to scran.js');
  const matrix = scope.keep(cellMatrix(shared));
  let features: Uint8Array | null = null;
  if (genes > settings.hvgs) {
    phase('variances', 'Choosing variable genes');
    const variances = scope.keep(scran.modelGeneVariances(matrix));
    features = scran.chooseHvgs(variances, { number: settings.hvgs, minimum: -Infinity });
  }
  phase('pca', 'Principal components');
  const pca = scope.keep(scran.runPca(matrix, { features, numberOfPCs: settings.pcs }));
  if (!(pca.totalVariance() > 0)) throw notPossible('all cells are alike');
  const components = pca.numberOfPCs();
  if (components < settings.pcs) {
    notes.push(`${components} principal components instead of ${settings.pcs}: the data hold no more.`);
  }
  matrix.free();

  phase('neighbours', 'Nearest neighbours of every cell');
  const perplexity = Math.min(settings.perplexity, Math.floor((cells - 1) / 3));
  const umapNeighbors = Math.min(settings.neighbors, cells - 1);
  const clusterNeighbors = Math.min(CLUSTER_NEIGHBORS, cells - 1);
  const tsneNeighbors = cells < TSNE_CELLS ? 0 : Math.min(cells - 1, scran.perplexityToNeighbors(perplexity));
  const index = scope.keep(scran.buildNeighborSearchIndex(pca, { approximate: cells >= APPROXIMATE_FROM }));
  const most = Math.max(tsneNeighbors, umapNeighbors, clusterNeighbors);
  const nearest = scope.keep(scran.findNearestNeighbors(index, most));
  const first = (k: number): FindNearestNeighborsResults =>
    k === most ? nearest : scope.keep(scran.truncateNearestNeighbors(nearest, k));

  phase('clusters', 'Clusters');
  const graph = scope.keep(
    scran.buildSnnGraph(first(clusterNeighbors), { scheme: 'rank', neighbors: clusterNeighbors }),
  );
  const clusters = membership(graph, 'leiden', 1);

  let tsne: Float32Array = new Float32Array(0);
  if (tsneNeighbors === 0) {
    notes.push(`t-SNE was left out: it needs at least ${TSNE_CELLS} cells.`);
  } else {
    if (perplexity < settings.perplexity) {
      notes.push(
        `t-SNE perplexity ${perplexity} instead of ${settings.perplexity}: there are ${cells} cells.`,
      );
    }
    const status = scope.keep(scran.initializeTsne(first(tsneNeighbors), { perplexity }));
    while (status.iterations() < TSNE_ITERATIONS) {
      phase('tsne', 't-SNE', status.iterations(), TSNE_ITERATIONS);
      status.run({ maxIterations: TSNE_ITERATIONS, runTime: SLICE });
    }
    tsne = inTurn('t-SNE', status.extractCoordinates(), notes);
  }

  const status = scope.keep(
    scran.initializeUmap(first(umapNeighbors), {
      neighbors: umapNeighbors,
      epochs: UMAP_EPOCHS,
      minDist: 0.1,
    }),
  );
  if (umapNeighbors < settings.neighbors) {
    notes.push(
      `UMAP on ${umapNeighbors} neighbours instead of ${settings.neighbors}: there are ${cells} cells.`,
    );
  }
  while (status.currentEpoch() < status.totalEpochs()) {
    phase('umap', 'UMAP', status.currentEpoch(), status.totalEpochs());
    status.run({ runTime: SLICE });
  }
  const umap = inTurn('UMAP', status.extractCoordinates(), notes);

  return {
    scores: orientedScores(pca),
    components,
    varianceExplained: varianceShares(pca),
    tsne,
    umap,
    clusters,
    notes,
  };
}

/**
 * Scores with the sign of every component fixed: its largest loading in size is positive. A component's sign is
 * arbitrary, and a map that mirrors itself between versions cannot be compared.
 */
function orientedScores(pca: RunPcaResults): Float32Array {
  const components = pca.numberOfPCs();
  const scores = Float32Array.from(pca.principalComponents());
  const rotation = pca.rotation();
  const genes = rotation.length / components;
  for (let c = 0; c < components; c++) {
    let largest = 0;
    for (let g = c * genes; g < (c + 1) * genes; g++) {
      if (Math.abs(rotation[g]!) > Math.abs(largest)) largest = rotation[g]!;
    }
    if (largest < 0) for (let k = c; k < scores.length; k += components) scores[k]! *= -1;
  }
  return scores;
}

/** Share of the total variance in each component; scores are centred, so their mean square is the variance. */
function varianceShares(pca: RunPcaResults): Float32Array {
  const components = pca.numberOfPCs();
  const scores = pca.principalComponents();
  const squares = new Float64Array(components);
  for (let k = 0; k < scores.length; k++) squares[k % components]! += scores[k]! ** 2;
  const cells = scores.length / components;
  return Float32Array.from(squares, sum => sum / (cells - 1) / pca.totalVariance());
}

/** Coordinates as x, y, x, y; empty with a note where the method found no finite place for some cell. */
function inTurn(name: string, { x, y }: Coordinates, notes: string[]): Float32Array {
  const out = new Float32Array(2 * x.length);
  for (let c = 0; c < x.length; c++) {
    out[2 * c] = x[c]!;
    out[2 * c + 1] = y[c]!;
  }
  if (out.every(Number.isFinite)) return out;
  notes.push(`${name} was left out: it found no place for some cells, because too many of them are alike.`);
  return new Float32Array(0);
}

function notPossible(why: string): AppError<'NOT_POSSIBLE'> {
  return new AppError('NOT_POSSIBLE', `The cells cannot be mapped: ${why}.`, {
    what: 'maps of the cells',
    why,
  });
}
