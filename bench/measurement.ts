/** What a benchmark is: it names its data, measures, and says what each figure rests on. */

export interface Measurement {
  readonly what: string;
  readonly unit: string;
  /** Median of the repetitions. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly repetitions: number;
  /** Conditions that a reader has to know. */
  readonly detail: string;
}

export interface Bench {
  readonly name: string;
  readonly data: string;
  run(say: (line: string) => void): Promise<readonly Measurement[]>;
}

export function summarise(
  what: string,
  unit: string,
  values: readonly number[],
  detail: string,
): Measurement {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const value = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return { what, unit, value, low: sorted[0]!, high: sorted.at(-1)!, repetitions: sorted.length, detail };
}

/**
 * How many times as fast as a peer, from rounds in which both took turns: the ratio of each round, so that what slows
 * the whole machine for a while slows both.
 */
export function ratios(
  what: string,
  ours: readonly number[],
  theirs: readonly number[],
  detail: string,
): Measurement {
  return summarise(
    what,
    'times as fast',
    ours.map((value, round) => theirs[round]! / value),
    detail,
  );
}
