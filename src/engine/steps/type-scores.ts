/** Scores per cell type. Cells called "Unknown" and cells without a label stand apart: they are no type to score. */
import type { LabelColumn, ModelMetrics } from '../../shared/model.ts';
import { isType, UNLABELLED } from './labels.ts';

/** With fewer test cells a type's figures are too uncertain to call it the worst. */
export const WORST_TYPE_CELLS = 5;

export class TypeScores {
  readonly #types: LabelColumn | null;
  readonly #targets: number;
  readonly #names: readonly string[];
  readonly #cells: Int32Array;
  readonly #error: Float64Array;
  readonly #variance: Float64Array;

  /** @param types of the test cells, in their order */
  constructor(types: LabelColumn | null, targets: number) {
    this.#types = types;
    this.#targets = targets;
    this.#names = [...(types?.levels ?? []), UNLABELLED];
    this.#cells = new Int32Array(this.#names.length);
    this.#error = new Float64Array(this.#names.length);
    this.#variance = new Float64Array(this.#names.length);
  }

  /** @param error squared error of test cell k over all targets; @param variance that of the training means */
  cell(k: number, error: number, variance: number): void {
    if (this.#types === null) return;
    const code = this.#types.codes[k]!;
    const at = code < 0 ? this.#names.length - 1 : code;
    this.#cells[at]!++;
    this.#error[at]! += error;
    this.#variance[at]! += variance;
  }

  /**
   * Types that have test cells, in their order, then those that are no types. The worst is the type of at least five
   * test cells with the lowest explained variance; null where no two such types differ.
   */
  finish(): Pick<ModelMetrics, 'perType' | 'worstType'> {
    const all = this.#names
      .map((type, at) => ({
        type,
        cells: this.#cells[at]!,
        mse: this.#error[at]! / (this.#cells[at]! * this.#targets),
        ev: this.#variance[at]! > 0 ? 1 - this.#error[at]! / this.#variance[at]! : null,
      }))
      .filter(({ cells }) => cells > 0);
    const types = all.filter(({ type }) => isType(type));
    const compared = types
      .flatMap(({ type, cells, ev }) => (cells >= WORST_TYPE_CELLS && ev !== null ? [{ type, ev }] : []))
      .sort((one, other) => one.ev - other.ev);
    const differ = compared.length > 1 && compared[0]!.ev < compared.at(-1)!.ev;
    return {
      perType: [...types, ...all.filter(({ type }) => !isType(type))],
      worstType: differ ? compared[0]!.type : null,
    };
  }
}
