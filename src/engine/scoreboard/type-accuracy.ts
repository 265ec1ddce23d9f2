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

type Part = 'stop' | 'test';

export class TypeTest {
  readonly types: readonly string[];
  readonly #engine: TensorEngine;
  readonly #rows: CellRows;
  readonly #train: Labelled;
  readonly #scored: Readonly<Record<Part, Labelled>>;

  private constructor(
    engine: TensorEngine,
    rows: CellRows,
    types: readonly string[],
    train: Labelled,
    scored: Readonly<Record<Part, Labelled>>,
  ) {
    this.#engine = engine;
    this.#rows = rows;
    this.types = types;
    this.#train = train;
    this.#scored = scored;
  }

  /**
   * @param types of all kept cells
   * @returns null where fewer than two types of 20 cells are among the training and the test cells
   */
  static create(
    engine: TensorEngine,
    rows: CellRows,
    types: LabelColumn,
    cells: Readonly<Record<'train' | Part, Int32Array>>,
  ): TypeTest | null {
    const count = (some: Iterable<number>): Int32Array => {
      const counts = new Int32Array(types.levels.length);
      for (const cell of some) if (types.codes[cell]! >= 0) counts[types.codes[cell]!]!++;
      return counts;
    };
    const [all, inTrain, inTest] = [count(types.codes.keys()), count(cells.train), count(cells.test)];
    const used = types.levels.flatMap((level, code) =>
      isType(level) && all[code]! >= FEWEST_CELLS && inTrain[code]! > 0 && inTest[code]! > 0 ? [code] : [],
    );
    if (used.length < 2) return null;
    const at = new Map(used.map((code, k) => [code, k]));
    const labelled = (some: Int32Array): Labelled => {
      const kept = some.filter(cell => at.has(types.codes[cell]!));
      return { cells: kept, classes: kept.map(cell => at.get(types.codes[cell]!)!) };
    };
    const names = used.map(code => types.levels[code]!);
    const scored = { stop: labelled(cells.stop), test: labelled(cells.test) };
    return new TypeTest(engine, rows, names, labelled(cells.train), scored);
  }

  /**
   * One model, scored on both sets of held-out cells.
   * @param panel ascending
   * @throws AppError CANCELLED
   */
  async of(panel: Int32Array, signal: AbortSignal): Promise<Record<Part, TypeAccuracy>> {
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
    const x = engine.tensor(standardised(train), [this.#train.cells.length, width]);
    try {
      const count = this.types.length;
      const model = await fitLogistic(engine, x, this.#train.classes, count, STRENGTH, signal);
      const score = ({ cells, classes }: Labelled): TypeAccuracy => {
        const table = standardised(denseTable(this.#rows, cells, panel));
        const found = engine.scope(() =>
          classify(engine, model, engine.tensor(table, [cells.length, width])),
        );
        return accuracyOf(found, classes, this.types);
      };
      return { stop: score(this.#scored.stop), test: score(this.#scored.test) };
    } finally {
      engine.free(x);
    }
  }
}

/** The mean is over types that have scored cells. */
function accuracyOf(found: Int32Array, classes: Int32Array, types: readonly string[]): TypeAccuracy {
  const confusion = types.map(() => new Array<number>(types.length).fill(0));
  found.forEach((type, k) => confusion[classes[k]!]![type]!++);
  const shares = confusion.flatMap((row, k) => {
    const cells = row.reduce((sum, value) => sum + value, 0);
    return cells > 0 ? [row[k]! / cells] : [];
  });
  const accuracy = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
  return { accuracy, types, confusion };
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
