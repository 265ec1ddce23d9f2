/** Labels and names of the cells of several files together. */
import type { ImportRequest, LabelColumn } from '../../shared/model.ts';
import { examples } from '../genes/examples.ts';
import { joinColumns } from './label-columns.ts';
import type { Roles } from './label-roles.ts';
import type { StagedFile } from './staged-file.ts';

/**
 * All label columns over the cells that stay, file after file. Columns of one name are one column. The experiment is
 * the file, unless the user named a column for it.
 * @param fileLabels Short unique names of the files.
 */
export function poolLabels(
  files: readonly StagedFile[],
  fileLabels: readonly string[],
  requests: ImportRequest['files'],
): { columns: LabelColumn[]; roles: Roles } {
  const [only] = files;
  if (files.length === 1) return { columns: [...only!.labels.columns], roles: only!.labels.roles };
  const join = (name: string, columnOf: (k: number) => LabelColumn | null): LabelColumn =>
    joinColumns(
      name,
      files.map((file, k) => ({ column: columnOf(k), cells: file.labels.kept.length })),
    );
  const own = (k: number, name: string | null): LabelColumn | null =>
    files[k]!.labels.columns.find(column => column.name === name) ?? null;

  const names = new Set(files.flatMap(file => file.labels.columns.map(column => column.name)));
  const columns = [...names].map(name => join(name, k => own(k, name)));
  const add = (name: string, columnOf: (k: number) => LabelColumn | null): string => {
    let free = name;
    for (let number = 2; names.has(free); number++) free = `${name} ${number}`;
    names.add(free);
    columns.push(join(free, columnOf));
    return free;
  };
  /** A role that has one name in all files that have it keeps the column; else a column is made for it. */
  const role = (key: 'type' | 'donor', made: string): string | null => {
    const used = new Set(files.map(file => file.labels.roles[key]).filter(name => name !== null));
    if (used.size <= 1) return [...used][0] ?? null;
    return add(made, k => own(k, files[k]!.labels.roles[key]));
  };
  const named = requests.map(request => request.labelOptions?.experimentColumn || null);
  const experiment =
    named[0] !== null && named.every(name => name === named[0])
      ? named[0]!
      : add('experiment', k => own(k, named[k]!) ?? constant(fileLabels[k]!, files[k]!.labels.kept.length));
  return {
    columns,
    roles: { type: role('type', 'cell type'), donor: role('donor', 'donor'), experiment },
  };
}

function constant(level: string, cells: number): LabelColumn {
  return { name: level, levels: [level], codes: new Int32Array(cells) };
}

/** Names of the cells that stay; where files share names, every name gets its file in front. */
export function poolCellNames(
  files: readonly StagedFile[],
  fileLabels: readonly string[],
): { names: string[]; warnings: string[] } {
  const perFile = files.map(({ labels, cellNames }) => Array.from(labels.kept, cell => cellNames[cell]!));
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const name of perFile.flat()) (seen.has(name) ? shared : seen).add(name);
  if (shared.size === 0) return { names: perFile.flat(), warnings: [] };
  return {
    names: perFile.flatMap((names, k) => names.map(name => `${fileLabels[k]}_${name}`)),
    warnings: [
      `${shared.size === 1 ? 'One cell name is' : `${shared.size} cell names are`} used in several files (${examples([...shared])}); all names now begin with the file.`,
    ],
  };
}
