/** The labels of one count file: from the file itself, from a labels file beside it, or both. */
import { basename } from 'node:path';
import { AppError, badInput } from '../../shared/errors.ts';
import type { LabelColumn, LabelOptions } from '../../shared/model.ts';
import { examples } from '../genes/examples.ts';
import { counted, grouped } from '../steps/words.ts';
import { restrictColumn } from './label-columns.ts';
import { readLabelFile } from './label-file.ts';
import type { FileLabels } from './label-file.ts';
import { chooseRoles } from './label-roles.ts';
import type { Roles } from './label-roles.ts';

export interface CellLabels {
  /** Cells of the count file that stay, ascending. */
  readonly kept: Uint32Array;
  /** All label columns, over the kept cells. */
  readonly columns: readonly LabelColumn[];
  readonly roles: Roles;
  readonly warnings: readonly string[];
}

/**
 * @param countFile Name of the count file, for messages.
 * @param inside Label columns that came inside the count file.
 * @param path Labels file, if there is one. Its columns win over those inside with the same name.
 * @throws AppError BAD_INPUT for columns or cells that do not match, BAD_FILE for a labels file that is no table,
 *   NOT_POSSIBLE where no cell would be left.
 */
export async function labelCells(
  countFile: string,
  cellNames: readonly string[],
  inside: readonly LabelColumn[],
  path: string | undefined,
  options: LabelOptions,
  signal: AbortSignal,
): Promise<CellLabels> {
  const file = path === undefined ? null : await readLabelFile(path, cellNames, countFile, options, signal);
  const where = path === undefined ? countFile : basename(path);
  const warnings = [...(file?.warnings ?? [])];
  const own = new Set(file?.columns.map(column => column.name));
  const hidden = inside.filter(column => own.has(column.name)).map(column => column.name);
  if (hidden.length > 0) {
    warnings.push(
      `${where} and ${countFile} both have a column ${examples(hidden)}; the one of ${where} is used.`,
    );
  }
  const columns = [...(file?.columns ?? []), ...inside.filter(column => !own.has(column.name))];
  if (file !== null) warnings.push(...leftOutWarning(where, file));
  const chosen = chooseRoles(columns, file?.leftOut ?? [], options, where, file !== null);
  const kept = chooseCells(columns, file, cellNames.length, options, where, warnings);
  return {
    kept,
    columns: kept.length === cellNames.length ? columns : columns.map(column => restrictColumn(column, kept)),
    roles: chosen.roles,
    warnings: [...warnings, ...chosen.warnings],
  };
}

export function leftOutWarning(where: string, file: FileLabels): string[] {
  if (file.leftOut.length === 0) return [];
  const names = examples(
    file.leftOut.map(column => column.name),
    5,
  );
  return [
    `${counted(file.leftOut.length, 'column')} of ${where} ${file.leftOut.length === 1 ? 'is' : 'are'} not kept, being measurements or ids rather than labels: ${names}.`,
  ];
}

/** Applies `drop` and `dropUnlabelled`, and says how many cells each takes. */
export function chooseCells(
  columns: readonly LabelColumn[],
  file: FileLabels | null,
  cells: number,
  options: LabelOptions,
  where: string,
  warnings: string[],
): Uint32Array {
  const keep = new Uint8Array(cells).fill(1);
  for (const { column: name, value } of options.drop ?? []) {
    const column = columns.find(candidate => candidate.name === name);
    if (column === undefined) {
      const names = columns.map(candidate => candidate.name).join(', ');
      throw badInput(
        '--drop',
        `There is no label column ${name} in ${where}; the columns are ${names || 'none'}.`,
      );
    }
    const code = column.levels.indexOf(value);
    if (code < 0) {
      throw badInput(
        '--drop',
        `No cell has ${name} = ${value} in ${where}; the values are ${examples(column.levels, 10)}.`,
      );
    }
    const taken = takeAway(keep, cell => column.codes[cell] === code);
    warnings.push(
      `${counted(taken, 'cell')} with ${name} = ${value} ${taken === 1 ? 'was' : 'were'} left out.`,
    );
  }
  if (options.dropUnlabelled === true) {
    if (file === null) {
      throw badInput(
        '--drop-unlabelled',
        'Cells without a label can only be left out with a labels file (--labels).',
      );
    }
    const taken = takeAway(keep, cell => file.named[cell] === 0);
    if (taken > 0)
      warnings.push(
        `${counted(taken, 'cell')} that ${where} does not name ${taken === 1 ? 'was' : 'were'} left out.`,
      );
  }
  const kept = Uint32Array.from({ length: cells }, (_, cell) => cell).filter(cell => keep[cell] === 1);
  if (kept.length > 0 || cells === 0) return kept;
  const why = `all ${grouped(cells)} cells would be left out`;
  throw new AppError(
    'NOT_POSSIBLE',
    `No cell is left: ${why}. Leave out fewer (--drop, --drop-unlabelled).`,
    {
      what: 'import',
      why,
    },
  );
}

function takeAway(keep: Uint8Array, unwanted: (cell: number) => boolean): number {
  let taken = 0;
  for (let cell = 0; cell < keep.length; cell++) {
    if (keep[cell] === 0 || !unwanted(cell)) continue;
    keep[cell] = 0;
    taken++;
  }
  return taken;
}
