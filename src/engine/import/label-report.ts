/** A look at labels before anything is stored: which cells they name, their columns, and what would be used as what. */
import { basename } from 'node:path';
import { isAppError } from '../../shared/errors.ts';
import type { LabelColumnReport, LabelRole, LabelsReport } from '../../shared/import.ts';
import type { LabelColumn, LabelOptions } from '../../shared/model.ts';
import { labelHeader, readLabelFile, type FileLabels } from './label-file.ts';
import { chooseRoles, soundsLikeType, type Roles } from './label-roles.ts';
import { chooseCells, leftOutWarning } from './labels.ts';
import type { Look } from './looks.ts';

/** Values of a column that are shown, and names of cells that do not match. */
const VALUES_SHOWN = 60;
const NAMES_SHOWN = 5;

/** @throws AppError BAD_FILE for a labels file that is no table; what does not fit is said in the report */
export async function inspectLabels(
  { name, result }: Look,
  path: string | undefined,
  options: LabelOptions,
  signal: AbortSignal,
): Promise<LabelsReport> {
  const { cellNames, labels: inside } = result;
  const where = path === undefined ? name : basename(path);
  const read =
    path === undefined ? null : await attempt(readLabelFile(path, cellNames, name, options, signal));
  if (read !== null && 'problem' in read) {
    return unmatched(cellNames, await labelHeader(path!, cellNames), read.problem);
  }
  const file = read?.value ?? null;
  const own = new Set(file?.columns.map(column => column.name));
  const columns = [...(file?.columns ?? []), ...inside.filter(column => !own.has(column.name))];
  const warnings = [...(file?.warnings ?? []), ...(file === null ? [] : leftOutWarning(where, file))];
  const chosen = await attempt(async () =>
    chooseRoles(columns, file?.leftOut ?? [], options, where, file !== null),
  );
  const kept = await attempt(async () =>
    chooseCells(columns, file, cellNames.length, options, where, warnings),
  );
  const roles = 'value' in chosen ? chosen.value.roles : { type: null, experiment: null, donor: null };
  return {
    cells: cellNames.length,
    matched: file?.matched ?? cellNames.length,
    rowsWithoutCell: file?.strangers.rows ?? 0,
    cellsWithoutRow: file === null ? [] : firstWithout(cellNames, file),
    namesWithoutCell: file?.strangers.names ?? [],
    idColumn: file?.idColumn ?? null,
    header: file?.header ?? [],
    columns: [...columns.map(column => describe(column, own)), ...unfitColumns(file)],
    roles: rolesWithReasons(roles, columns, options),
    kept: 'value' in kept ? kept.value.length : 0,
    warnings: [...warnings, ...('value' in chosen ? chosen.value.warnings : [])],
    problem: 'problem' in chosen ? chosen.problem : 'problem' in kept ? kept.problem : null,
  };
}

type Attempt<T> = { readonly value: T } | { readonly problem: string };

/** What cannot be used is part of the answer; what goes wrong otherwise is not. */
async function attempt<T>(work: Promise<T> | (() => Promise<T>)): Promise<Attempt<T>> {
  try {
    return { value: await (typeof work === 'function' ? work() : work) };
  } catch (error) {
    if (isAppError(error, 'BAD_INPUT') || isAppError(error, 'NOT_POSSIBLE'))
      return { problem: error.message };
    throw error;
  }
}

function unmatched(cellNames: readonly string[], header: readonly string[], problem: string): LabelsReport {
  return {
    cells: cellNames.length,
    matched: 0,
    rowsWithoutCell: 0,
    cellsWithoutRow: cellNames.slice(0, NAMES_SHOWN),
    namesWithoutCell: [],
    idColumn: null,
    header,
    columns: [],
    roles: { type: null, experiment: null, donor: null },
    kept: cellNames.length,
    warnings: [],
    problem,
  };
}

function firstWithout(cellNames: readonly string[], { named }: FileLabels): string[] {
  const names: string[] = [];
  for (const [cell, name] of cellNames.entries()) {
    if (named[cell] === 1) continue;
    names.push(name);
    if (names.length === NAMES_SHOWN) break;
  }
  return names;
}

function describe({ name, levels, codes }: LabelColumn, own: ReadonlySet<string>): LabelColumnReport {
  const cells = new Float64Array(levels.length);
  for (const code of codes) if (code >= 0) cells[code]!++;
  const values = levels
    .map((value, k) => ({ value, cells: cells[k]! }))
    .sort((a, b) => b.cells - a.cells)
    .slice(0, VALUES_SHOWN);
  return { name, from: own.has(name) ? 'labels' : 'counts', levels: levels.length, values, unfit: null };
}

function unfitColumns(file: FileLabels | null): LabelColumnReport[] {
  return (file?.leftOut ?? []).map(({ name, levels, why }) => ({
    name,
    from: 'labels',
    levels,
    values: [],
    unfit: why,
  }));
}

function rolesWithReasons(
  roles: Roles,
  columns: readonly LabelColumn[],
  options: LabelOptions,
): LabelsReport['roles'] {
  const reason = (column: string | null, asked: string | undefined, why: string): LabelRole | null =>
    column === null ? null : { column, why: column === asked ? 'chosen by you' : why };
  const { type } = roles;
  const typeWhy =
    type !== null && soundsLikeType(type)
      ? 'by its name'
      : columns.length === 1
        ? 'the only column of labels'
        : 'the only column that looks like cell types';
  return {
    type: reason(type, options.typeColumn, typeWhy),
    experiment: reason(roles.experiment, options.experimentColumn, 'by its name'),
    donor: reason(roles.donor, options.donorColumn, 'by its name'),
  };
}
