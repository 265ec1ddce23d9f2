/**
 * Cell-type accuracy (docs/metrics.md, after Spapros, PERSIST and geneBasis): a logistic regression (L2, C = 1) on the
 * standardised panel genes, trained on the training cells, scored on held-out ones by the mean of the diagonal of the
 * row-normalised confusion matrix.
 */
import type { LabelColumn } from '../../shared/model.ts';
import type { CellRows } from '../counts/rows.ts';
import { classify, fitLogistic } from '../models/logistic.ts';
import { isType } from '../steps/labels.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import { denseTable, tableMeans } from './dense.ts';

/** Types with fewer cells are left out. */
export const FEWEST_CELLS = 20;
const STRENGTH = 1;

export interface TypeAccuracy {
  /** Mean share of each type's cells that is recognised. */
  readonly accuracy: number;
  readonly types: readonly string[];
  /** types x types: scored cells of the row's type taken for the column's. */
  readonly confusion: readonly (readonly number[])[];
}

export class TypeTest {
  readonly types: readonly string[];
  readonly #engine: TensorEngine;
  readonly #rows: CellRows;
  readonly #train: Labelled;
  readonly #scored: Labelled;

  private constructor(
    engine: TensorEngine,
    rows: CellRows,
    types: readonly string[],
    train: Labelled,
    scored: Labelled,
  ) {
    this.#engine = engine;
    this.#rows = rows;
    this.types = types;
    this.#train = train;
    this.#scored = scored;
  }

  /**
   * @param types of all kept cells
   * @returns null where fewer than two types of 20 cells are among the training and the scored cells
   */
  static create(
    engine: TensorEngine,
    rows: CellRows,
    types: LabelColumn,
    train: Int32Array,
    scored: Int32Array,
  ): TypeTest | null {
    const count = (cells: Iterable<number>): Int32Array => {
      const counts = new Int32Array(types.levels.length);
      for (const cell of cells) if (types.codes[cell]! >= 0) counts[types.codes[cell]!]!++;
      return counts;
    };
    const [all, inTrain, inScored] = [count(types.codes.keys()), count(train), count(scored)];
    const used = types.levels.flatMap((level, code) =>
      isType(level) && all[code]! >= FEWEST_CELLS && inTrain[code]! > 0 && inScored[code]! > 0 ? [code] : [],
    );
    if (used.length < 2) return null;
    const at = new Map(used.map((code, k) => [code, k]));
    const labelled = (cells: Int32Array): Labelled => {
      const kept = cells.filter(cell => at.has(types.codes[cell]!));
      return { cells: kept, classes: kept.map(cell => at.get(types.codes[cell]!)!) };
    };
    const names = used.map(code => types.levels[code]!);
    return new TypeTest(engine, rows, names, labelled(train), labelled(scored));
  }

  /** @param panel ascending. @throws AppError CANCELLED */
  async of(panel: Int32Array, signal: AbortSignal): Promise<TypeAccuracy> {
    const engine = this.#engine;
    const width = panel.length;
    const train = denseTable(this.#rows, this.#train.cells, panel);
    const means = tableMeans(train, width);
    const scales = deviations(train, means);
    const standardised = (table: Float32Array): Float32Array => {
      for (let at = 0; at < table.length; at++) {
        const k = at % width;
        table[at] = (table[at]! - means[k]!) / scales[k]!;
      }
      return table;
    };
    const count = this.types.length;
    const x = engine.tensor(standardised(train), [this.#train.cells.length, width]);
    try {
      const model = await fitLogistic(engine, x, this.#train.classes, count, STRENGTH, signal);
      const scored = standardised(denseTable(this.#rows, this.#scored.cells, panel));
      const found = engine.scope(() =>
        classify(engine, model, engine.tensor(scored, [this.#scored.cells.length, width])),
      );
      const confusion = Array.from({ length: count }, () => new Array<number>(count).fill(0));
      found.forEach((type, k) => confusion[this.#scored.classes[k]!]![type]!++);
      const shares = confusion.map((row, k) => row[k]! / row.reduce((sum, cells) => sum + cells, 0));
      return {
        accuracy: shares.reduce((sum, share) => sum + share, 0) / count,
        types: this.types,
        confusion,
      };
    } finally {
      engine.free(x);
    }
  }
}

interface Labelled {
  readonly cells: Int32Array;
  readonly classes: Int32Array;
}

/** Standard deviation of each column; 1 for one that does not vary. */
function deviations(table: Float32Array, means: Float64Array): Float64Array {
  const width = means.length;
  const squares = new Float64Array(width);
  for (let at = 0; at < table.length; at++) squares[at % width]! += (table[at]! - means[at % width]!) ** 2;
  return squares.map(sum => Math.sqrt(sum / (table.length / width)) || 1);
}
