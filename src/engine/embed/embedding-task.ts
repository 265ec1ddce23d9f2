/**
 * The maps of the cells: variable genes, principal components, neighbours, clusters, t-SNE and UMAP, in that order.
 * Runs in the worker. Every step of scran.js is bit-identical for one and several threads and for whole and sliced
 * runs, so the same cells always give the same maps.
 */
import * as scran from 'scran.js';
import type { FindNearestNeighborsResults, RunPcaResults } from 'scran.js';
import { AppError } from '../../shared/errors.ts';
import type {
  EmbeddingCoordinates,
  EmbeddingPart,
  EmbeddingSettings,
  EmbedProgress,
  SharedMatrix,
} from './protocol.ts';
import { cellMatrix, membership, Scope } from './scran-objects.ts';
import { inTurn, settle, type Settling } from './settle.ts';

const TSNE_ITERATIONS = 1000;
/** As umap-learn has it. */
const UMAP_EPOCHS = { few: 500, many: 200, manyCells: 10_000 };
const CLUSTER_NEIGHBORS = 10;
/** From here on the approximate search is the faster one. */
const APPROXIMATE_FROM = 20_000;
/** Below it t-SNE's perplexity would fall under 2, where its picture means nothing. */
const TSNE_CELLS = 7;

/** @throws AppError NOT_POSSIBLE with fewer than 4 cells or 3 genes, or when all cells are alike */
export function embed(
  shared: SharedMatrix,
  settings: EmbeddingSettings,
  report: (value: EmbedProgress) => void,
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
  const phase = (name: string, label: string, part?: EmbeddingPart): void =>
    report({ phase: name, label, done: 0, of: 0, ...(part && settings.live ? { part } : {}) });

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
  const scores = orientedScores(pca);
  const varianceExplained = varianceShares(pca);

  phase('neighbours', 'Nearest neighbours of every cell', { pca: { scores, varianceExplained } });
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
  const clusters = membership(graph, 1);

  const settling: Settling[] = [];
  if (tsneNeighbors === 0) {
    notes.push(`t-SNE was left out: it needs at least ${TSNE_CELLS} cells.`);
  } else {
    if (perplexity < settings.perplexity) {
      notes.push(
        `t-SNE perplexity ${perplexity} instead of ${settings.perplexity}: there are ${cells} cells.`,
      );
    }
    phase('tsne', 't-SNE', { clusters });
    const status = scope.keep(scran.initializeTsne(first(tsneNeighbors), { perplexity }));
    settling.push({
      name: 'tsne',
      label: 't-SNE',
      of: TSNE_ITERATIONS,
      done: () => status.iterations(),
      run: runTime => status.run({ maxIterations: TSNE_ITERATIONS, runTime }),
      coordinates: () => status.extractCoordinates(),
    });
  }
  // Watched maps settle side by side; otherwise each is done before the next is begun.
  if (settings.live === undefined) settle(settling, undefined, report);
  if (umapNeighbors < settings.neighbors) {
    notes.push(
      `UMAP on ${umapNeighbors} neighbours instead of ${settings.neighbors}: there are ${cells} cells.`,
    );
  }
  phase('umap', 'UMAP', { clusters });
  const umap = scope.keep(
    scran.initializeUmap(first(umapNeighbors), {
      neighbors: umapNeighbors,
      epochs: cells > UMAP_EPOCHS.manyCells ? UMAP_EPOCHS.many : UMAP_EPOCHS.few,
      minDist: 0.1,
    }),
  );
  settling.push({
    name: 'umap',
    label: 'UMAP',
    of: umap.totalEpochs(),
    done: () => umap.currentEpoch(),
    run: runTime => umap.run({ runTime }),
    coordinates: () => umap.extractCoordinates(),
  });
  settle(settling, settings.live, report);

  const end = (name: Settling['name']): { points: Float32Array; done: number; of: number } => {
    const map = settling.find(other => other.name === name);
    if (map === undefined) return { points: new Float32Array(0), done: 0, of: 0 };
    const points = inTurn(map.coordinates());
    const counts = { done: map.done(), of: map.of };
    if (points.every(Number.isFinite)) return { points, ...counts };
    notes.push(
      `${map.label} was left out: it found no place for some cells, because too many of them are alike.`,
    );
    return { points: new Float32Array(0), ...counts };
  };
  const ends = { tsne: end('tsne'), umap: end('umap') };
  return {
    scores,
    components,
    varianceExplained,
    tsne: ends.tsne.points,
    umap: ends.umap.points,
    clusters,
    iterations: {
      tsne: { done: ends.tsne.done, of: ends.tsne.of },
      umap: { done: ends.umap.done, of: ends.umap.of },
    },
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

function notPossible(why: string): AppError<'NOT_POSSIBLE'> {
  return new AppError('NOT_POSSIBLE', `The cells cannot be mapped: ${why}.`, {
    what: 'maps of the cells',
    why,
  });
}
