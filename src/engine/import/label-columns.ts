/** Columns of labels: built value by value, judged, and cut down to chosen cells. */
import type { LabelColumn } from '../../shared/model.ts';

/** More levels than this are no labels that anybody could tell apart in a figure. */
export const MOST_LEVELS = 500;
/** Up to this many levels a column may have a level for every cell or two: the data are small. */
const FEW_LEVELS = 20;

const MISSING = new Set(['', 'NA', 'NaN', 'nan', 'NULL', 'None', '<NA>']);

export interface LeftOut {
  readonly name: string;
  readonly levels: number;
  /** Continues "was left out, because". */
  readonly why: string;
}

/** Takes the values of one column, in any order of cells. */
export class ColumnBuilder {
  readonly name: string;
  readonly #codes: Int32Array<ArrayBuffer>;
  readonly #levels = new Map<string, number>();
  #tooMany = false;
  #fractions = false;

  constructor(name: string, cells: number) {
    this.name = name;
    this.#codes = new Int32Array(cells).fill(-1);
  }

  set(cell: number, value: string): void {
    if (this.#tooMany || MISSING.has(value)) return;
    let code = this.#levels.get(value);
    if (code === undefined) {
      code = this.#levels.size;
      // Levels beyond the limit are not kept: the column cannot be a label any more.
      if (code === MOST_LEVELS) {
        this.#tooMany = true;
        return;
      }
      this.#levels.set(value, code);
      if (/^-?\d*\.\d+(e[+-]?\d+)?$/i.test(value)) this.#fractions = true;
    }
    this.#codes[cell] = code;
  }

  /**
   * @param rows Cells that have a row in the table.
   * @param wanted The user named this column: kept whatever it looks like, but for too many levels.
   */
  finish(rows: number, wanted: boolean): LabelColumn | LeftOut {
    const levels = this.#levels.size;
    const leave = (why: string): LeftOut => ({ name: this.name, levels, why });
    if (this.#tooMany) return leave(`it has more than ${MOST_LEVELS} values`);
    if (levels === 0) return leave('it is empty');
    if (!wanted) {
      if (this.#fractions) return leave('it holds measurements');
      if (levels > FEW_LEVELS && levels > rows / 2) return leave('most cells have a value of their own');
    }
    return sortLevels({ name: this.name, levels: [...this.#levels.keys()], codes: this.#codes });
  }
}

/** Levels in the order a reader expects (numbers by size), so that the order of the rows does not matter. */
function sortLevels(column: LabelColumn): LabelColumn {
  const compare = new Intl.Collator('en', { numeric: true }).compare;
  const order = column.levels
    .map((level, code) => ({ level, code }))
    .sort((a, b) => compare(a.level, b.level) || (a.level < b.level ? -1 : 1));
  const place = new Int32Array(order.length);
  for (const [to, { code }] of order.entries()) place[code] = to;
  return {
    name: column.name,
    levels: order.map(({ level }) => level),
    codes: column.codes.map(code => (code < 0 ? -1 : place[code]!)),
  };
}

/** The column over the kept cells only; levels that none of them has are taken away. */
export function restrictColumn(column: LabelColumn, cells: Uint32Array): LabelColumn {
  const used = new Int32Array(column.levels.length);
  for (const cell of cells) if (column.codes[cell]! >= 0) used[column.codes[cell]!] = 1;
  const levels = column.levels.filter((_, code) => used[code] === 1);
  let next = 0;
  const place = used.map(in_use => (in_use === 1 ? next++ : -1));
  const codes = Int32Array.from(cells, cell => {
    const code = column.codes[cell]!;
    return code < 0 ? -1 : place[code]!;
  });
  return { name: column.name, levels, codes };
}

/** Columns of several files one after the other; null stands for cells of a file without the column. */
export function joinColumns(
  name: string,
  parts: readonly { readonly column: LabelColumn | null; readonly cells: number }[],
): LabelColumn {
  const levels = new Map<string, number>();
  for (const { column } of parts) {
    for (const level of column?.levels ?? []) if (!levels.has(level)) levels.set(level, levels.size);
  }
  const codes = new Int32Array(parts.reduce((sum, part) => sum + part.cells, 0)).fill(-1);
  let at = 0;
  for (const { column, cells } of parts) {
    if (column !== null) {
      const place = column.levels.map(level => levels.get(level)!);
      for (let k = 0; k < cells; k++) codes[at + k] = column.codes[k]! < 0 ? -1 : place[column.codes[k]!]!;
    }
    at += cells;
  }
  return sortLevels({ name, levels: [...levels.keys()], codes });
}
