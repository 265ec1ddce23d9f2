/** SummarizedExperiment of Bioconductor and what is built on it: SingleCellExperiment, cell_data_set of Monocle 3. */
import { badFile, badInput } from '../../../shared/errors.ts';
import { listed } from '../binary/printable.ts';
import { geneNames } from '../binary/gene-names.ts';
import { isCountName } from '../binary/count-names.ts';
import { EXPORT_HINT, type RDataSet } from './data-set.ts';
import { isMatrix, openMatrix } from './matrices.ts';
import { columnText, labelsOf, openTable, type RTable } from './tables.ts';
import { attributeOf, classOf, namedElements, textsOf, type RValue } from './values.ts';

const GENE_COLUMNS = ['ID', 'id', 'gene_id', 'Symbol', 'symbol', 'gene_name', 'gene_short_name'];
const CELL_COLUMNS = ['Barcode', 'barcode', 'cell', 'cell_id', 'Cell'];

export function isExperiment(value: RValue): boolean {
  return (
    value.type === 'S4' &&
    attributeOf(value, 'colData') !== undefined &&
    attributeOf(value, 'assays') !== undefined
  );
}

/** @param layer name of an assay */
export function openExperiment(file: string, value: RValue, layer: string | undefined): RDataSet {
  const assays = assaysOf(value);
  const names = [...assays.keys()];
  if (layer !== undefined && !assays.has(layer)) {
    throw badInput('layer', `${file} has no assay named ${layer}; it has ${listed(names)}.`);
  }
  const name = layer ?? names.find(isCountName) ?? (names.length === 1 ? names[0] : undefined);
  const what = `a ${classOf(value)}`;
  if (name === undefined) throw badFile(file, `holds ${what} without an assay of counts: ${EXPORT_HINT}`);
  const stored = assays.get(name)!;
  if (!isMatrix(stored)) {
    throw badFile(
      file,
      `holds ${what} whose ${name} is a ${classOf(stored)}, not a matrix in memory: ${EXPORT_HINT}`,
    );
  }
  const matrix = openMatrix(file, name, stored);
  const genes = genesOf(value);
  const cells = openTable(attributeOf(value, 'colData'));
  const main = firstFilled([
    genes.names,
    matrix.geneNames,
    ...GENE_COLUMNS.map(column => columnText(genes.table, column)),
  ]);
  const named = geneNames(main, genes.table?.columns.keys() ?? [], column => columnText(genes.table, column));
  return {
    matrix,
    kind: classOf(value),
    layer: names.length > 1 ? name : null,
    rows: null,
    geneIds: named.ids,
    geneSymbols: named.symbols,
    cellNames: firstFilled([
      cells?.rowNames ?? null,
      matrix.cellNames,
      ...CELL_COLUMNS.map(column => columnText(cells, column)),
    ]),
    labels: () => (cells === null ? [] : labelsOf(cells, matrix.cells, null)),
    warnings: [],
  };
}

/** In a list, which versions of the class have wrapped in objects and environments. */
function assaysOf(value: RValue): ReadonlyMap<string, RValue> {
  let inner = attributeOf(value, 'assays');
  for (let step = 0; step < 6 && inner !== undefined; step++) {
    if (inner.type === 'list') return namedElements(inner);
    inner =
      inner.type === 'environment'
        ? inner.frame.get('data')
        : (attributeOf(inner, 'listData') ?? attributeOf(inner, 'data') ?? attributeOf(inner, '.xData'));
  }
  return new Map();
}

/** Genes have places in the genome in some objects, which then carry their names and their table. */
function genesOf(value: RValue): { readonly names: readonly string[] | null; readonly table: RTable | null } {
  const ranges = attributeOf(value, 'rowRanges');
  const holders = [
    value,
    attributeOf(ranges, 'ranges'),
    attributeOf(ranges, 'partitioning'),
    attributeOf(attributeOf(ranges, 'unlistData'), 'ranges'),
  ];
  const names = holders.map(holder => textsOf(attributeOf(holder, 'NAMES'))).find(found => found !== null);
  const tables = [ranges, value].map(holder => openTable(attributeOf(holder, 'elementMetadata')));
  return { names: names ?? null, table: tables.find(table => (table?.columns.size ?? 0) > 0) ?? null };
}

function firstFilled(choices: readonly (readonly string[] | null)[]): readonly string[] {
  return choices.find(names => names !== null && names.length > 0) ?? [];
}
