/** Are these values counts? Every reader shows each value it reads to an audit and asks for its verdict at the end. */
import { badFile } from '../../shared/errors.ts';

interface Found {
  times: number;
  gene: number;
  cell: number;
  value: number;
}

/** Above this a 32-bit float no longer holds every whole number, and no cell has as many molecules of one gene. */
export const LARGEST_COUNT = 2 ** 24;

export class ValueAudit {
  readonly #alreadyLog: boolean;
  #clean = true;
  #negative: Found | undefined;
  #missing: Found | undefined;
  #infinite: Found | undefined;
  #fraction: Found | undefined;
  #huge: Found | undefined;

  constructor(alreadyLog: number | undefined) {
    this.#alreadyLog = alreadyLog !== undefined;
  }

  /** Whether all values so far were right; after a wrong one there is no use in keeping more of them. */
  get clean(): boolean {
    return this.#clean;
  }

  /** One value; NaN stands for a missing one. */
  see(value: number, gene: number, cell: number): void {
    if (value >= 0 && value <= LARGEST_COUNT && (this.#alreadyLog || Number.isInteger(value))) return;
    this.#clean = false;
    if (Number.isNaN(value)) this.#missing = note(this.#missing, value, gene, cell);
    else if (!Number.isFinite(value)) this.#infinite = note(this.#infinite, value, gene, cell);
    else if (value < 0) this.#negative = note(this.#negative, value, gene, cell);
    else if (!Number.isInteger(value)) this.#fraction = note(this.#fraction, value, gene, cell);
    else this.#huge = note(this.#huge, value, gene, cell);
  }

  /** @throws AppError BAD_FILE with one sentence where the values are not what they have to be. */
  finish(file: string, geneName: (gene: number) => string, cellName: (cell: number) => string): void {
    const at = (f: Found): string =>
      `${f.times > 1 ? 'the first ' : ''}at gene ${geneName(f.gene)}, cell ${cellName(f.cell)}`;
    const many = (f: Found, one: string, more: string): string => `${f.times} ${f.times === 1 ? one : more}`;
    const [missing, infinite, negative, fraction, huge] = [
      this.#missing,
      this.#infinite,
      this.#negative,
      this.#fraction,
      this.#huge,
    ];
    if (missing)
      throw badFile(file, `has ${many(missing, 'missing value', 'missing values')}, ${at(missing)}`);
    if (infinite)
      throw badFile(file, `has ${many(infinite, 'infinite value', 'infinite values')}, ${at(infinite)}`);
    // Scaled data have fractions and negative values; the fractions name the cause better.
    if (negative && !fraction) {
      const what = this.#alreadyLog ? 'logarithms of counts + 1 are never negative' : 'these are not counts';
      throw badFile(
        file,
        `holds ${many(negative, 'negative value', 'negative values')}, ${at(negative)}: ${what}`,
      );
    }
    if (fraction) {
      const value = Number(fraction.value.toPrecision(5));
      throw badFile(
        file,
        `holds fractions such as ${value}: these look like normalised values, raw counts are needed`,
      );
    }
    if (huge) {
      throw badFile(
        file,
        `holds ${many(huge, 'value', 'values')} above ${LARGEST_COUNT}, ${at(huge)}: too large for a count`,
      );
    }
  }
}

function note(found: Found | undefined, value: number, gene: number, cell: number): Found {
  if (!found) return { times: 1, gene, cell, value };
  found.times++;
  return found;
}
