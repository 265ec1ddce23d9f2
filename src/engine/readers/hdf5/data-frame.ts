/** The tables obs and var of an AnnData file: groups of columns, or before version 0.7 one array of records. */
import { badFile } from '../../../shared/errors.ts';
import type { LabelColumn } from '../../../shared/model.ts';
import { asLabels, asText, readColumn, readLevels, type Column } from './columns.ts';
import { Hdf5Dataset } from './dataset.ts';
import type { Hdf5Group } from './file.ts';
import { geneNames, type GeneNames } from '../binary/gene-names.ts';

export class DataFrame {
  readonly rows: number;
  /** Names of the rows. */
  readonly index: readonly string[];
  readonly #file: string;
  readonly #path: string;
  readonly #columns: ReadonlyMap<string, () => Column | null>;

  private constructor(
    file: string,
    path: string,
    index: readonly string[],
    columns: ReadonlyMap<string, () => Column | null>,
  ) {
    this.#file = file;
    this.#path = path;
    this.index = index;
    this.rows = index.length;
    this.#columns = columns;
  }

  /**
   * @param uns where categories were kept before version 0.7, or null
   * @throws AppError BAD_FILE where the table has no names for its rows
   */
  static open(file: string, stored: Hdf5Group | Hdf5Dataset, uns: Hdf5Group | null): DataFrame {
    return stored instanceof Hdf5Dataset ? ofRecords(file, stored, uns) : ofGroup(file, stored);
  }

  static of(
    file: string,
    path: string,
    index: readonly string[] | null,
    columns: ReadonlyMap<string, () => Column | null>,
  ): DataFrame {
    if (index === null) throw badFile(file, `has no names for the rows of ${path}`);
    return new DataFrame(file, path, index, columns);
  }

  /** The rows as genes. */
  genes(): GeneNames {
    return geneNames(this.index, this.#columns.keys(), name => {
      const column = this.#columns.get(name)?.() ?? null;
      return asText(this.#file, `${this.#path}/${name}`, column);
    });
  }

  /** Columns that group the rows, where the rows are cells. */
  labels(): LabelColumn[] {
    return [...this.#columns].flatMap(([name, read]) => {
      const path = `${this.#path}/${name}`;
      return asLabels(this.#file, path, name, read(), this.rows) ?? [];
    });
  }
}

function ofGroup(file: string, group: Hdf5Group): DataFrame {
  const told = group.attribute('_index');
  const indexName =
    typeof told === 'string' ? told : (['_index', 'index'].find(name => group.keys().has(name)) ?? '');
  const stored = group.child(indexName);
  const index = stored === null ? null : asText(file, stored.path, readColumn(file, stored));
  const categories = group.group('__categories');
  const columns = new Map<string, () => Column | null>();
  for (const name of orderOf(group)) {
    if (name === indexName || name === '__categories') continue;
    columns.set(name, () => {
      const column = group.child(name);
      if (column === null) return null;
      return readColumn(file, column, readLevels(file, categories?.child(name) ?? null) ?? undefined);
    });
  }
  return DataFrame.of(file, group.path, index, columns);
}

/** Columns in the order of the table; a name of the order that is not there is left out. */
function orderOf(group: Hdf5Group): readonly string[] {
  const told = group.attribute('column-order');
  const names = Array.isArray(told) ? told.filter(name => typeof name === 'string') : [];
  const known = names.filter(name => group.keys().has(name));
  return [...new Set([...known, ...group.keys()])];
}

function ofRecords(file: string, dataset: Hdf5Dataset, uns: Hdf5Group | null): DataFrame {
  if (dataset.kind !== 'record') throw badFile(file, `holds ${dataset.path} in a form that cannot be read`);
  const stored = dataset.recordColumns();
  const index = stored.find(({ name, kind }) => (name === 'index' || name === '_index') && kind === 'text');
  const columns = new Map<string, () => Column | null>();
  for (const { name, kind } of stored) {
    if (name === index?.name || (kind !== 'text' && kind !== 'integer')) continue;
    columns.set(name, () => {
      const values = dataset.recordColumn(name);
      if (kind === 'text') return { kind, values: values.map(String) };
      const numbers = values.map(Number);
      const levels = readLevels(file, uns?.child(`${name}_categories`) ?? null);
      return levels ? { kind: 'categorical', codes: numbers, levels } : { kind, values: numbers };
    });
  }
  return DataFrame.of(
    file,
    dataset.path,
    index ? dataset.recordColumn(index.name).map(String) : null,
    columns,
  );
}
