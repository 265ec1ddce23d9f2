/**
 * Enrichment at the top of a ranking (gene set enrichment analysis, preranked: Subramanian et al., PNAS 2005,
 * doi:10.1073/pnas.0506580102): a running sum over the ranking that rises at genes of the set, by the gene's value, and falls at
 * all others; its largest deviation from zero is the enrichment score. The null are sets of the same size drawn at random from
 * the ranking, with a seed; scores are divided by the mean null score of the same sign.
 */
import { benjaminiHochberg } from '../../core/false-discovery.ts';
import { createRandom } from '../../core/random.ts';
import type { RankedSet } from '../../shared/enrichment.ts';
import { pacer } from '../counts/pacer.ts';
import type { Background } from './over-representation.ts';

export interface RankedOptions {
  readonly smallest?: number;
  readonly largest?: number;
  readonly permutations?: number;
  readonly seed?: number;
  readonly signal: AbortSignal;
  onShare(share: number): void;
}

/**
 * @param values of the background's rows; larger is higher in the ranking; the size of a value is its weight
 * @param symbols of the background's rows
 * @returns tested sets, smallest p first within a namespace
 */
export async function rankedEnrichment(
  background: Background,
  values: ArrayLike<number>,
  symbols: readonly string[],
  options: RankedOptions,
): Promise<RankedSet[]> {
  const { smallest = 10, largest = 500, permutations = 1000, seed = 1, signal, onShare } = options;
  const { collection, rows, sets, setSize, size } = background;
  const order = Array.from({ length: size }, (_, gene) => gene).sort(
    (a, b) => values[rows[b]!]! - values[rows[a]!]!,
  );
  const weight = Float64Array.from(order, gene => Math.abs(values[rows[gene]!]!));
  const members = new Map<number, number[]>();
  for (const [place, gene] of order.entries()) {
    for (const set of sets[gene]!) {
      if (setSize[set]! < smallest || setSize[set]! > largest) continue;
      const held = members.get(set);
      if (held) held.push(place);
      else members.set(set, [place]);
    }
  }
  const sizes = [...new Set([...members.values()].map(({ length }) => length))].sort((a, b) => a - b);
  const most = sizes.at(-1) ?? 0;
  const random = createRandom(seed, 'ranked enrichment');
  const nulls = new Map(sizes.map(length => [length, new Float64Array(permutations)]));
  const pace = pacer(signal);
  const places = Int32Array.from({ length: size }, (_, k) => k);
  for (let p = 0; p < permutations; p++) {
    // The first so many of one shuffle are a random set of each size.
    for (let k = 0; k < most; k++) {
      const other = k + Math.floor(random.next() * (size - k));
      [places[k], places[other]] = [places[other]!, places[k]!];
    }
    for (const length of sizes) {
      await pace();
      nulls.get(length)![p] = score(places.slice(0, length).sort(), weight).value;
    }
    onShare((p + 1) / permutations);
  }
  const tested = [...members].map(([set, of]) => {
    const { value, peak } = score(of, weight);
    const sameSign = nulls.get(of.length)!.filter(other => (value >= 0 ? other >= 0 : other < 0));
    const beyond = sameSign.filter(other => Math.abs(other) >= Math.abs(value)).length;
    const mean = sameSign.reduce((sum, other) => sum + Math.abs(other), 0) / sameSign.length;
    const leading = value >= 0 ? of.filter(place => place <= peak) : of.filter(place => place >= peak);
    return {
      set,
      setSize: of.length,
      score: value,
      normalised: mean > 0 ? value / mean : 0,
      p: (beyond + 1) / (sameSign.length + 1),
      leading: leading.map(place => symbols[rows[order[place]!]!]!),
    };
  });
  return collection.namespaces.flatMap(namespace => {
    const within = tested.filter(({ set }) => collection.sets[set]!.namespace === namespace);
    const adjusted = benjaminiHochberg(within.map(({ p }) => p));
    return within
      .map(({ set, ...row }, k) => ({ ...collection.sets[set]!, ...row, adjusted: adjusted[k]! }))
      .map(({ id, name, namespace: space, ...row }) => ({ id, name, namespace: space, ...row }))
      .sort((a, b) => a.p - b.p || Math.abs(b.normalised) - Math.abs(a.normalised) || (a.id < b.id ? -1 : 1));
  });
}

/** @param of places of the set's genes in the ranking, ascending; @returns the score and the place it is reached at */
export function score(of: ArrayLike<number>, weight: Float64Array): { value: number; peak: number } {
  const { length } = of;
  let total = 0;
  for (let k = 0; k < length; k++) total += weight[of[k]!]!;
  // Genes without any weight count alike.
  const step = (place: number): number => (total > 0 ? weight[place]! / total : 1 / length);
  const fall = 1 / (weight.length - length);
  let sum = 0;
  let [highest, highestAt, lowest, lowestAt] = [0, 0, 0, 0];
  let before = -1;
  for (let k = 0; k < length; k++) {
    const place = of[k]!;
    sum -= (place - before - 1) * fall;
    if (sum < lowest) [lowest, lowestAt] = [sum, place];
    sum += step(place);
    if (sum > highest) [highest, highestAt] = [sum, place];
    before = place;
  }
  return highest >= -lowest ? { value: highest, peak: highestAt } : { value: lowest, peak: lowestAt };
}
