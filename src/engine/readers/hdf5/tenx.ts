/**
 * 10x Genomics' HDF5 matrices: one group per genome (Cell Ranger 2), or one group `matrix` with a table of features
 * (Cell Ranger 3 and later, CellBender). Both hold a CSC of genes x cells, which is cell by cell.
 */
import { badFile, badInput } from '../../../shared/errors.ts';
import { listed, printable } from '../binary/printable.ts';
import type { ReadOptions } from '../../../shared/model.ts';
import type { OpenedMatrix } from '../binary/assemble.ts';
import { keepGenes, type Features } from '../mtx-names.ts';
import { compressedMatrix } from './matrices.ts';
import type { Hdf5Group } from './file.ts';

const PARTS = ['barcodes', 'data', 'indices', 'indptr'];

export function isTenx(root: Hdf5Group): boolean {
  const matrix = root.group('matrix');
  return (matrix !== null && isMatrix(matrix)) || genomesOf(root).length > 0;
}

export function openTenx(file: string, root: Hdf5Group, options: ReadOptions): OpenedMatrix {
  const matrix = root.group('matrix');
  if (matrix !== null && isMatrix(matrix)) return openFeatures(file, matrix, options.layer);
  return openGenome(file, root, options.layer);
}

/** Cell Ranger 3 and later. */
function openFeatures(file: string, matrix: Hdf5Group, layer: string | undefined): OpenedMatrix {
  const features = matrix.group('features');
  if (features === null) throw badFile(file, 'lacks matrix/features');
  const ids = textsOf(features, 'id');
  const names = textsOf(features, 'name');
  if (ids === null && names === null) throw badFile(file, 'names no genes: it lacks matrix/features/id');
  const size = (ids ?? names!).length;
  const column = (name: string): readonly string[] | null => {
    const values = textsOf(features, name);
    return values?.length === size ? values : null;
  };
  const table: Features = {
    file,
    ids: ids ?? names!,
    symbols: filled(names, ids ?? names!),
    types: (column('feature_type') ?? new Array<string>(size).fill('')).map(type =>
      printable(type.toLowerCase()),
    ),
  };
  const { chosen, layer: genome, warnings: left } = ofGenome(file, table, column('genome'), layer);
  const warnings = [...left];
  if (features.keys().has('probe_region') || features.keys().has('filtered_probes')) {
    warnings.push(
      `The rows of ${file} are probes, not genes: the matrix of genes lies in another file of the run.`,
    );
  }
  return open(file, matrix, chosen, { format: '10x HDF5 v3', layer: genome, warnings });
}

/** Cell Ranger 2: the group of the genome asked for, or the only one. */
function openGenome(file: string, root: Hdf5Group, layer: string | undefined): OpenedMatrix {
  const genomes = genomesOf(root);
  const genome = layer ?? (genomes.length === 1 ? genomes[0] : undefined);
  if (genome === undefined || !genomes.includes(genome)) throw whichGenome(file, genomes, layer);
  const group = root.group(genome)!;
  const ids = textsOf(group, 'genes');
  const names = textsOf(group, 'gene_names');
  if (ids === null && names === null) throw badFile(file, `names no genes: it lacks ${genome}/genes`);
  const table = { file, ids: ids ?? names!, symbols: filled(names, ids ?? names!) };
  return open(
    file,
    group,
    { ...table, types: table.ids.map(() => '') },
    { format: '10x HDF5 v2', layer: genomes.length > 1 ? genome : null, warnings: [] },
  );
}

function open(
  file: string,
  group: Hdf5Group,
  features: Features,
  { format, layer, warnings }: Pick<OpenedMatrix, 'format' | 'layer' | 'warnings'>,
): OpenedMatrix {
  const kept = keepGenes(features);
  const cellNames = textsOf(group, 'barcodes');
  if (cellNames === null) throw badFile(file, `holds ${group.path}/barcodes in a form that cannot be read`);
  const shape = group.dataset('shape')?.numbers();
  const [genes, cells] =
    shape?.length === 2 ? [shape[0]!, shape[1]!] : [features.ids.length, cellNames.length];
  const named = usableIds(file, kept.ids, kept.symbols);
  return {
    ...compressedMatrix(file, group, 'cells', cells, genes),
    format,
    layer,
    geneIds: named.ids,
    geneSymbols: kept.symbols,
    cellNames,
    geneOf: kept.geneOf,
    labels: () => [],
    warnings: [...warnings, ...named.warnings],
  };
}

/** Programs that rewrite these files have cut the ids to a fixed width; cut ids repeat, and name nothing any more. */
function usableIds(
  file: string,
  ids: readonly string[],
  symbols: readonly string[],
): { ids: readonly string[]; warnings: readonly string[] } {
  const distinct = new Set(ids).size;
  if (distinct === ids.length || new Set(symbols).size <= distinct) return { ids, warnings: [] };
  const repeats = ids.length - distinct;
  return {
    ids: symbols,
    warnings: [
      `${repeats} of ${ids.length} gene ids of ${file} repeat another, as if cut short; the gene names were used instead.`,
    ],
  };
}

/** In a file of two genomes (a mixture of species) the features of the one asked for. */
function ofGenome(
  file: string,
  features: Features,
  genomes: readonly string[] | null,
  layer: string | undefined,
): { readonly chosen: Features; readonly layer: string | null; readonly warnings: readonly string[] } {
  const named = [...new Set(genomes)].filter(genome => genome !== '');
  if (genomes === null || named.length < 2) {
    if (layer === undefined || layer === named[0] || layer === 'matrix') {
      return { chosen: features, layer: null, warnings: keepGenes(features).warnings };
    }
    throw badInput('layer', `${file} holds one matrix only; there is no layer ${layer} to choose.`);
  }
  if (layer === undefined || !named.includes(layer)) throw whichGenome(file, named, layer);
  const isOther = genomes.map(genome => genome !== layer && genome !== '');
  // A type of their own, so that they are left out with the features that are no genes.
  const types = features.types.map((type, k) =>
    isOther[k] ? `of ${genomes[k]}` : type || 'gene expression',
  );
  const others = isOther.filter(Boolean).length;
  const rest = listed(named.filter(genome => genome !== layer));
  const left = `${others} genes of other genomes in ${file} were left out (${rest}).`;
  return { chosen: { ...features, types }, layer, warnings: [left, ...keepGenes(features).warnings] };
}

function whichGenome(file: string, genomes: readonly string[], layer: string | undefined): Error {
  const problem =
    layer === undefined ? `holds the genes of ${genomes.length} genomes` : `has no genome named ${layer}`;
  return badInput('layer', `${file} ${problem}: choose one of ${listed(genomes)} as the layer.`);
}

function isMatrix(group: Hdf5Group): boolean {
  return PARTS.every(part => group.keys().has(part));
}

function genomesOf(root: Hdf5Group): string[] {
  return [...root.keys()].filter(name => {
    const group = root.group(name);
    return group !== null && isMatrix(group) && (group.keys().has('genes') || group.keys().has('gene_names'));
  });
}

function textsOf(group: Hdf5Group, name: string): string[] | null {
  const dataset = group.dataset(name);
  return dataset?.kind === 'text' && dataset.shape.length === 1 ? dataset.texts() : null;
}

function filled(names: readonly string[] | null, ids: readonly string[]): readonly string[] {
  return names?.length === ids.length ? names.map((name, k) => name || ids[k]!) : ids;
}
