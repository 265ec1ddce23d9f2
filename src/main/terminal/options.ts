/** Command-line words turned into requests of the contract. */
import { InvalidArgumentError, type Command } from 'commander';
import type { ImportInput } from '../../shared/contract.ts';
import { badInput } from '../../shared/errors.ts';
import type { LabelOptions, ReadOptions } from '../../shared/model.ts';

export const collect = (value: string, all: string[]): string[] => [...all, value];

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('A whole number is needed.');
  return value;
}

function logarithmBase(text: string): number {
  const value = text === 'e' ? Math.E : Number(text);
  if (!(value > 1)) throw new InvalidArgumentError('The base of the logarithm is needed: 2, 10 or e.');
  return value;
}

export interface ReadFlags {
  readonly layer?: string;
  readonly rows?: 'genes' | 'cells';
  readonly alreadyLog?: number;
  readonly duplicateCells?: 'refuse' | 'rename';
  readonly sameLetters?: boolean;
}

export interface LabelFlags {
  readonly labels: string[];
  readonly labelColumn?: string;
  readonly idColumn?: string;
  readonly experimentColumn?: string;
  readonly donorColumn?: string;
  readonly drop: string[];
  readonly dropUnlabelled?: boolean;
}

export function addReadOptions(command: Command): Command {
  return command
    .option(
      '--same-letters',
      'take genes not known otherwise for human ones of the same letters (Actb for ACTB)',
    )
    .option('--layer <name>', 'which matrix to take where a file has several (genome, layer, object)')
    .option('--rows <what>', 'what the rows of a table are: genes or cells')
    .option(
      '--already-log <base>',
      'the values are logarithms of this base (2, 10 or e), not counts',
      logarithmBase,
    )
    .option('--duplicate-cells <how>', 'what to do with repeated cell names: refuse or rename');
}

export function addLabelOptions(command: Command): Command {
  return command
    .option(
      '--labels <file>',
      'labels of the cells; one for each path in their order, or one for all',
      collect,
      [],
    )
    .option('--label-column <name>', 'column with the cell types')
    .option('--id-column <name>', 'column with the cell names (found by matching when not given)')
    .option('--experiment-column <name>', 'column with the experiment')
    .option('--donor-column <name>', 'column with the donor')
    .option(
      '--drop <column=value>',
      'leave out the cells with this value, such as demuxlet_cls=DBL',
      collect,
      [],
    )
    .option('--drop-unlabelled', 'leave out the cells that the labels do not name');
}

export function readOptions(flags: ReadFlags): ReadOptions {
  if (flags.rows !== undefined && !['genes', 'cells'].includes(flags.rows)) {
    throw badInput('--rows', `--rows is genes or cells, not "${String(flags.rows)}".`);
  }
  if (flags.duplicateCells !== undefined && !['refuse', 'rename'].includes(flags.duplicateCells)) {
    throw badInput(
      '--duplicate-cells',
      `--duplicate-cells is refuse or rename, not "${String(flags.duplicateCells)}".`,
    );
  }
  return pick(flags, ['layer', 'rows', 'alreadyLog', 'duplicateCells', 'sameLetters']);
}

/** @throws AppError BAD_INPUT when labels and paths cannot be matched up. */
export function importInput(
  paths: readonly string[],
  flags: ReadFlags & LabelFlags & { name?: string },
): ImportInput {
  if (flags.labels.length > 1 && flags.labels.length !== paths.length) {
    throw badInput(
      '--labels',
      `There are ${paths.length} paths and ${flags.labels.length} --labels: give one for each path in their order, or one for all.`,
    );
  }
  const options = readOptions(flags);
  const labelOptions = labelFlags(flags);
  return {
    files: paths.map((path, k) => {
      const labels = flags.labels.length === 1 ? flags.labels[0] : flags.labels[k];
      return { path, options, labelOptions, ...(labels === undefined ? {} : { labels }) };
    }),
    ...(flags.name === undefined ? {} : { name: flags.name }),
  };
}

function labelFlags(flags: LabelFlags): LabelOptions {
  const drop = flags.drop.map(text => {
    const at = text.indexOf('=');
    if (at < 1)
      throw badInput('--drop', `--drop needs COLUMN=VALUE, such as demuxlet_cls=DBL, not "${text}".`);
    return { column: text.slice(0, at), value: text.slice(at + 1) };
  });
  return {
    ...pick(flags, ['idColumn', 'experimentColumn', 'donorColumn', 'dropUnlabelled']),
    ...(flags.labelColumn === undefined ? {} : { typeColumn: flags.labelColumn }),
    ...(drop.length === 0 ? {} : { drop }),
  };
}

/** `--set key=value` words as parameters; words without a key are handed back (paths that followed the flag). */
export function paramChanges(words: readonly string[]): { changes: Record<string, string>; rest: string[] } {
  const changes: Record<string, string> = {};
  const rest: string[] = [];
  for (const word of words) {
    const match = /^([A-Za-z0-9]+)=(.*)$/s.exec(word);
    if (match) changes[match[1]!] = match[2]!;
    else rest.push(word);
  }
  return { changes, rest };
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.filter(k => from[k] !== undefined).map(k => [k, from[k]])) as Pick<T, K>;
}
