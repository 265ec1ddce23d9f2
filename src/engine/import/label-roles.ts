/** Which label columns hold cell type, experiment and donor. */
import { badInput } from '../../shared/errors.ts';
import type { LabelColumn, LabelOptions } from '../../shared/model.ts';
import type { LeftOut } from './label-columns.ts';

export interface Roles {
  readonly type: string | null;
  readonly experiment: string | null;
  readonly donor: string | null;
}

/** Beginnings of names that people give to columns of cell types, best first; compared without case and signs. */
const TYPE_NAMES = [
  'celltype',
  'cellontology',
  'cellidentity',
  'cellline',
  'annotation',
  'celllabel',
  'label',
  'identity',
  'cluster',
  'seuratclusters',
  'leiden',
  'louvain',
];

/**
 * Columns that the user names (an empty name: none); else the type by well-known names or as the only one possible,
 * experiment and donor where a column is called exactly so.
 * @param columns The label columns there are.
 * @param leftOut Columns that are no labels; named in messages.
 * @param where What the columns come from, for messages: a file name.
 * @param required Whether a type column has to be found: a labels file was given for it.
 * @throws AppError BAD_INPUT naming the columns where one that was named is missing, or none can be chosen.
 */
export function chooseRoles(
  columns: readonly LabelColumn[],
  leftOut: readonly LeftOut[],
  options: LabelOptions,
  where: string,
  required: boolean,
): { roles: Roles; warnings: string[] } {
  const named = (flag: string, name: string | undefined): string | null => {
    if (name === undefined) return null;
    if (columns.some(column => column.name === name)) return name;
    const unfit = leftOut.find(column => column.name === name);
    const problem =
      unfit === undefined
        ? `There is no label column ${name} in ${where}`
        : `The column ${name} of ${where} cannot be used: ${unfit.why}`;
    throw badInput(flag, `${problem}. ${listColumns(columns)}`);
  };
  // An empty name says that there is none.
  const none = (name: string | undefined): boolean => name === '';
  const type = none(options.typeColumn) ? null : named('--label-column', options.typeColumn);
  const called = (name: string): string | null => columns.find(c => plain(c.name) === name)?.name ?? null;
  const experiment = none(options.experimentColumn)
    ? null
    : (named('--experiment-column', options.experimentColumn) ?? called('experiment'));
  const donor = none(options.donorColumn)
    ? null
    : (named('--donor-column', options.donorColumn) ?? called('donor'));
  if (type !== null || none(options.typeColumn)) return { roles: { type, experiment, donor }, warnings: [] };

  const taken = new Set([experiment, donor]);
  const free = columns.filter(column => !taken.has(column.name));
  // A column to drop cells by may be the type (cells called "Unknown"), but then it says so by its name.
  const dropped = new Set((options.drop ?? []).map(({ column }) => column));
  const sensible = free.filter(column => isSensible(column) && !dropped.has(column.name));
  const only = sensible.length > 0 ? sensible : free;
  const chosen = byName(sensible) ?? byName(free) ?? (required && only.length === 1 ? only[0] : undefined);
  if (chosen !== undefined) {
    const others = sensible.filter(column => column !== chosen).map(describe);
    const warnings =
      others.length === 0
        ? []
        : [
            `The cell types are taken from the column ${chosen.name} of ${where}, because of its name. Others are ${others.join(', ')}; choose one with --label-column if it is the right one.`,
          ];
    return { roles: { type: chosen.name, experiment, donor }, warnings };
  }
  if (required) {
    throw badInput(
      '--label-column',
      `It is not clear which column of ${where} holds the cell types. ${listColumns(columns)} Name one with --label-column.`,
    );
  }
  const warnings =
    sensible.length === 0
      ? []
      : [
          `${where} has label columns (${sensible.map(describe).join(', ')}), but none is used as cell type. Name one with --label-column.`,
        ];
  return { roles: { type: null, experiment, donor }, warnings };
}

/** Whether a column of that name is taken for the cell types without being asked for. */
export function soundsLikeType(name: string): boolean {
  return TYPE_NAMES.some(beginning => plain(name).startsWith(beginning));
}

function byName(columns: readonly LabelColumn[]): LabelColumn | undefined {
  for (const name of TYPE_NAMES) {
    const found = columns.find(column => plain(column.name).startsWith(name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** At least two values, and not just yes and no. */
function isSensible(column: LabelColumn): boolean {
  const truth = column.levels.every(level => /^(true|false|yes|no|0|1)$/i.test(level));
  return column.levels.length > 1 && !truth;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

function describe(column: LabelColumn): string {
  return `${column.name} (${column.levels.length} ${column.levels.length === 1 ? 'value' : 'values'})`;
}

function listColumns(columns: readonly LabelColumn[]): string {
  return columns.length === 0
    ? 'There are no columns of labels.'
    : `The label columns are ${columns.map(describe).join(', ')}.`;
}
