/** Choice of the ridge strength: a grid on the log scale, wider where its best is at an end, finer around the best. */

export interface StrengthError {
  readonly ridge: number;
  readonly stopMse: number;
}

export interface StrengthSearch {
  readonly best: number;
  /** Ascending in strength. */
  readonly path: readonly StrengthError[];
  readonly atEdge: boolean;
}

/** Exponents of 10, relative to the mean of the matrix's diagonal. Below the lowest, float32 sums are mere rounding. */
const FIRST = { from: -4, to: 2 };
const LIMIT = { from: -6, to: 6 };
/** Steps of the grid, then distances from the best so far, each tried on both sides. */
const STEP = 1;
const FINER = [[0.5], [1 / 6, 1 / 3]];

/** @param errorsOf gives the error of each of some strengths, which are relative to the matrix's diagonal */
export async function searchStrength(
  errorsOf: (strengths: readonly number[]) => Promise<readonly number[]>,
): Promise<StrengthSearch> {
  const tried = new Map<number, number>();
  const attempt = async (exponents: readonly number[]) => {
    const errors = await errorsOf(exponents.map(exponent => 10 ** exponent));
    exponents.forEach((exponent, k) => tried.set(exponent, errors[k]!));
  };
  let { from, to } = FIRST;
  await attempt(steps(from, to));
  for (;;) {
    const best = lowest(tried);
    if (best === from && from > LIMIT.from) {
      await attempt([(from -= STEP)]);
    } else if (best === to && to < LIMIT.to) {
      await attempt([(to += STEP)]);
    } else {
      break;
    }
  }
  const atEdge = [from, to].includes(lowest(tried));
  for (const distances of FINER) {
    const centre = lowest(tried);
    const around = distances.flatMap(distance => [centre - distance, centre + distance]);
    await attempt(around.filter(exponent => exponent > from && exponent < to));
  }
  return {
    best: 10 ** lowest(tried),
    path: [...tried]
      .sort(([a], [b]) => a - b)
      .map(([exponent, stopMse]) => ({ ridge: 10 ** exponent, stopMse })),
    atEdge,
  };
}

function steps(from: number, to: number): number[] {
  return Array.from({ length: Math.round((to - from) / STEP) + 1 }, (_, k) => from + k * STEP);
}

/** The exponent with the smallest error; of equal errors the strongest, as the simpler model. */
function lowest(tried: ReadonlyMap<number, number>): number {
  let best = -Infinity;
  let error = Infinity;
  for (const [exponent, candidate] of tried) {
    if (candidate < error || (candidate === error && exponent > best)) [best, error] = [exponent, candidate];
  }
  return best;
}
