/**
 * Cluster similarity (Spapros, Kuemmerle et al. 2024; docs/metrics.md): how far the clusters of cells by the panel genes are
 * the clusters by all genes. Both are clustered at the same series of resolutions; for every number of clusters, the
 * clusterings that come nearest to it are compared by normalised mutual information, and the figure is the mean over 5 to
 * 20 clusters, and over 21 to 60 where there are more than 2,000 cells.
 */
import { clusterCells } from '../embed/embed.ts';
import type { EngineEnvironment } from '../environment.ts';
import type { ClusterSimilarity } from '../../shared/scoreboard.ts';
import { quiet } from '../steps/context.ts';
import type { Places } from './places.ts';

/** Resolutions, each a quarter above the one before. */
const RESOLUTIONS = Array.from({ length: 28 }, (_, k) => 0.1 * 1.25 ** k);
const COARSE = { from: 5, to: 20 };
const FINE = { from: 21, to: 60, cells: 2000 };
/** How far a clustering may be from the number of clusters it stands for. */
const SLACK = 0.1;

/**
 * @param all the cells by all genes
 * @param panels the same cells by the genes of each panel
 * @throws AppError CANCELLED
 */
export async function clusterSimilarities(
  all: Places,
  panels: readonly Places[],
  environment: EngineEnvironment,
  signal: AbortSignal,
): Promise<ClusterSimilarity[]> {
  const points = [all, ...panels].map(places => ({ ...places, values: Float64Array.from(places.values) }));
  const found = await clusterCells(points, { resolutions: RESOLUTIONS }, environment, quiet(signal));
  const [truth, ...others] = found.map(byCount);
  return others.map(own => ({
    coarse: similarity(truth!, own, COARSE),
    fine: all.cells > FINE.cells ? similarity(truth!, own, FINE) : null,
  }));
}

type ByCount = ReadonlyMap<number, Int32Array>;

/** The first clustering of each number of clusters. */
function byCount(clusterings: readonly Int32Array[]): ByCount {
  const found = new Map<number, Int32Array>();
  for (const codes of clusterings) {
    const count = new Set(codes).size;
    if (!found.has(count)) found.set(count, codes);
  }
  return found;
}

function similarity(truth: ByCount, own: ByCount, { from, to }: { from: number; to: number }): number | null {
  let sum = 0;
  let counts = 0;
  for (let count = from; count <= to; count++) {
    const [one, other] = [nearest(truth, count), nearest(own, count)];
    if (one === null || other === null) continue;
    sum += mutualInformation(one, other);
    counts++;
  }
  return counts === 0 ? null : sum / counts;
}

function nearest(clusterings: ByCount, wanted: number): Int32Array | null {
  let best: number | null = null;
  for (const count of clusterings.keys()) {
    if (best === null || Math.abs(count - wanted) < Math.abs(best - wanted)) best = count;
  }
  const slack = Math.max(1, SLACK * wanted);
  return best === null || Math.abs(best - wanted) > slack ? null : clusterings.get(best)!;
}

/** Normalised by the mean of both entropies; 1 where both are one cluster. @param a and b codes from 0, of the same cells */
export function mutualInformation(a: Int32Array, b: Int32Array): number {
  const n = a.length;
  const width = b.reduce((most, code) => Math.max(most, code), 0) + 1;
  const height = a.reduce((most, code) => Math.max(most, code), 0) + 1;
  const both = new Float64Array(height * width);
  const inA = new Float64Array(height);
  const inB = new Float64Array(width);
  for (let k = 0; k < n; k++) {
    both[a[k]! * width + b[k]!]!++;
    inA[a[k]!]!++;
    inB[b[k]!]!++;
  }
  const entropy = (counts: Float64Array): number =>
    counts.reduce((sum, count) => sum - (count === 0 ? 0 : (count / n) * Math.log(count / n)), 0);
  const [ofA, ofB] = [entropy(inA), entropy(inB)];
  if (ofA + ofB === 0) return 1;
  return (2 * (ofA + ofB - entropy(both))) / (ofA + ofB);
}
