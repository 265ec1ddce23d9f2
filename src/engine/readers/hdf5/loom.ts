/** Loom files: a dense matrix of genes x cells, with the columns that name and group them in row_attrs and col_attrs. */
import { badFile } from '../../../shared/errors.ts';
import type { ReadOptions } from '../../../shared/model.ts';
import type { OpenedMatrix } from '../binary/assemble.ts';
import { asLabels, asText, readColumn, type Column } from './columns.ts';
import type { Hdf5Group } from './file.ts';
import { uniqueCellNames } from '../names.ts';
import { geneNames } from '../binary/gene-names.ts';
import { isCountName } from '../binary/count-names.ts';
import { chooseLayer, type Candidate } from './layers.ts';
import { denseMatrix, type StoredMatrix } from './matrices.ts';

// What loompy, scanpy, velocyto, loomR and the Human Cell Atlas call the names, in lower case.
const CELL_NAMES = [
  'cellid',
  'cell_id',
  'cell_names',
  'obs_names',
  'cell',
  'barcode',
  'barcodes',
  'cb',
  'index',
  '_index',
];
const GENE_NAMES = [
  'gene',
  'gene_name',
  'gene_names',
  'genename',
  'var_names',
  'symbol',
  'accession',
  'gene_ids',
  'index',
];

interface Named {
  readonly name: string;
  readonly values: readonly string[];
  /** False where numbers stand in for names. */
  readonly isText: boolean;
}

export function isLoom(root: Hdf5Group): boolean {
  return (
    root.dataset('matrix') !== null && root.group('row_attrs') !== null && root.group('col_attrs') !== null
  );
}

export function openLoom(file: string, root: Hdf5Group, options: ReadOptions): OpenedMatrix {
  const choice = chooseLayer(file, candidatesOf(file, root), options.layer, options.alreadyLog !== undefined);
  const rows = new Attributes(file, root.group('row_attrs')!);
  const columns = new Attributes(file, root.group('col_attrs')!);
  const { cells } = choice.matrix;
  const main = rows.firstOf(GENE_NAMES);
  if (main === null) throw badFile(file, 'has no gene names: row_attrs/Gene is missing');
  const names = geneNames(main.values, rows.names, name => rows.text(name));
  const cellNames = columns.firstOf(CELL_NAMES);
  const named = nameCells(file, cellNames, cells);
  return {
    ...choice.matrix,
    format: 'loom',
    layer: choice.layer,
    geneIds: names.ids,
    geneSymbols: names.symbols,
    cellNames: named.names,
    geneOf: null,
    labels: () =>
      columns.names.flatMap(name => {
        if (name === cellNames?.name) return [];
        return asLabels(file, `col_attrs/${name}`, name, columns.column(name), cells) ?? [];
      }),
    warnings: [...choice.warnings, ...named.warnings],
  };
}

/** Cells without names, or with numbers in their place that repeat, get names that are theirs alone. */
function nameCells(
  file: string,
  found: Named | null,
  cells: number,
): { readonly names: readonly string[]; readonly warnings: readonly string[] } {
  if (found === null) {
    const names = Array.from({ length: cells }, (_, cell) => `cell${cell + 1}`);
    return { names, warnings: [`${file} has no cell names; its cells were numbered.`] };
  }
  if (found.isText) return { names: found.values, warnings: [] };
  return uniqueCellNames(file, found.values, { duplicateCells: 'rename' });
}

function candidatesOf(file: string, root: Hdf5Group): Candidate[] {
  const layers = root.group('layers');
  const names = [...(layers?.keys() ?? [])];
  const ofLayers = (wanted: readonly string[], automatic: boolean): Candidate[] =>
    wanted.flatMap(name => {
      const dataset = layers!.dataset(name);
      if (dataset === null) return [];
      const open = (): StoredMatrix => denseMatrix(file, dataset, 'genes');
      return [{ name: `layers/${name}`, aliases: [name], automatic, open }];
    });
  return [
    { name: 'matrix', automatic: true, open: () => denseMatrix(file, root.needDataset('matrix'), 'genes') },
    ...ofLayers(names.filter(isCountName), true),
    ...ofLayers(
      names.filter(name => !isCountName(name)),
      false,
    ),
  ];
}

/** One of the two groups of attributes: columns of one value per gene or cell. */
class Attributes {
  readonly names: readonly string[];
  readonly #file: string;
  readonly #group: Hdf5Group;

  constructor(file: string, group: Hdf5Group) {
    this.#file = file;
    this.#group = group;
    this.names = [...group.keys()];
  }

  column(name: string): Column | null {
    const dataset = this.#group.dataset(name);
    return dataset === null ? null : readColumn(this.#file, dataset);
  }

  text(name: string): readonly string[] | null {
    return asText(this.#file, `${this.#group.path}/${name}`, this.column(name));
  }

  /** The first of these attributes that the file has, compared without case. */
  firstOf(wanted: readonly string[]): Named | null {
    for (const plain of wanted) {
      const name = this.names.find(candidate => candidate.toLowerCase() === plain);
      const values = name === undefined ? null : this.text(name);
      if (name !== undefined && values !== null) {
        return { name, values, isText: this.#group.dataset(name)?.kind === 'text' };
      }
    }
    return null;
  }
}
