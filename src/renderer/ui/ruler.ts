/** Scores as places on a line: the same ruler wherever a score is shown. */

/** panel: this panel; l1000: what it is compared with; other: a second run; upper: a reference above; middle: a median. */
export type RulerKind = 'panel' | 'l1000' | 'other' | 'upper' | 'middle';

export interface RulerRow {
  readonly label: string;
  readonly hint?: string | undefined;
  /** From 0 to 1. */
  readonly marks: readonly { readonly kind: RulerKind; readonly place: number }[];
  /** The range that chance gives, or that most genes lie in. */
  readonly band: { readonly from: number; readonly to: number } | null;
  /** The figure as it is read, and everything on the line in words. */
  readonly value: string;
  readonly words: string;
}

/** A line from the floor to a little above the largest value on it. */
export class Scale {
  readonly #low: number;
  readonly #high: number;

  /** @param values all that will stand on the line; @param floor the left end where no value is below */
  constructor(values: readonly (number | null | undefined)[], floor = 0) {
    const known = values.filter(value => value !== null && value !== undefined);
    const [low, high] = [Math.min(floor, ...known), Math.max(floor, ...known)];
    const span = high - low || 1;
    this.#low = low < floor ? low - 0.06 * span : floor;
    this.#high = high + 0.12 * span;
  }

  place(value: number): number {
    return Math.min(1, Math.max(0, (value - this.#low) / (this.#high - this.#low)));
  }

  mark(kind: RulerKind, value: number | null | undefined): RulerRow['marks'] {
    return value === null || value === undefined ? [] : [{ kind, place: this.place(value) }];
  }

  band(values: readonly number[]): RulerRow['band'] {
    if (values.length === 0) return null;
    return { from: this.place(Math.min(...values)), to: this.place(Math.max(...values)) };
  }
}
