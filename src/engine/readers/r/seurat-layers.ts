/** Assays of Seurat 5: layers without names of their own, whose genes and cells two maps tell, often one per sample. */
import { badFile, badInput } from '../../../shared/errors.ts';
import { listed } from '../binary/printable.ts';
import type { MatrixTarget } from '../binary/matrix-target.ts';
import { EXPORT_HINT } from './data-set.ts';
import { isMatrix, openMatrix, type RMatrix } from './matrices.ts';
import { attributeOf, isNumbers, namedElements, textsOf, type RValue } from './values.ts';

interface Layer {
  readonly matrix: RMatrix;
  /** Rows of the assay's genes and cells that its own rows and columns are, ascending. */
  readonly genes: readonly number[];
  readonly cells: readonly number[];
}

export function isSplitAssay(assay: RValue): boolean {
  return attributeOf(assay, 'layers')?.type === 'list';
}

/** Names of the layers of counts that are in memory. */
export function splitLayers(assay: RValue): string[] {
  const layers = namedElements(attributeOf(assay, 'layers'));
  return [...layers].flatMap(([name, value]) =>
    /^counts(\.|$)/.test(name) && isMatrix(value) ? [name] : [],
  );
}

/**
 * The counts of an assay as one matrix: where they are split, the cells of one layer after those of another, on the genes
 * that all of them have. A gene that a layer lacks was not measured there, which is not the same as 0.
 */
export function openSplitCounts(
  file: string,
  assayName: string,
  assay: RValue,
  wanted: string | undefined,
): { readonly matrix: RMatrix; readonly warnings: readonly string[] } {
  const stored = namedElements(attributeOf(assay, 'layers'));
  if (wanted !== undefined && !stored.has(wanted)) {
    const known = listed(stored.keys());
    throw badInput('layer', `${file} has no layer ${wanted} in assay ${assayName}; it has ${known}.`);
  }
  const names = wanted === undefined ? splitLayers(assay) : [wanted];
  const genes = mapOf(attributeOf(assay, 'features'));
  const cells = mapOf(attributeOf(assay, 'cells'));
  if (genes === null || cells === null)
    throw badFile(file, `is damaged: assay ${assayName} does not name its genes`);
  const layers = names.map(name => {
    const value = stored.get(name)!;
    if (!isMatrix(value))
      throw badFile(file, `keeps ${assayName}/${name} outside its memory: ${EXPORT_HINT}`);
    const matrix = openMatrix(file, `${assayName}/${name}`, value);
    const layer = { matrix, genes: genes.members(name), cells: cells.members(name) };
    if (layer.genes.length !== matrix.genes || layer.cells.length !== matrix.cells) {
      throw badFile(
        file,
        `is damaged: layer ${name} of assay ${assayName} has other cells or genes than named`,
      );
    }
    return layer;
  });
  const shared = sharedGenes(layers, genes.names.length);
  const lost = new Set(layers.flatMap(layer => layer.genes)).size - shared.length;
  const matrix = pooled(layers, shared, genes.names, cells.names);
  if (layers.length === 1) return { matrix, warnings: [] };
  const genesLost =
    lost === 1 ? '1 gene that not all of them have was' : `${lost} genes that not all of them have were`;
  const left = lost === 0 ? '' : `; ${genesLost} left out`;
  return {
    matrix,
    warnings: [`${layers.length} layers of counts in ${file} (${listed(names)}) were pooled${left}.`],
  };
}

/** Genes of the assay that every layer has. */
function sharedGenes(layers: readonly Layer[], genes: number): number[] {
  const times = new Uint32Array(genes);
  for (const layer of layers) for (const gene of layer.genes) times[gene]!++;
  return Array.from(times.keys()).filter(gene => times[gene] === layers.length);
}

function pooled(
  layers: readonly Layer[],
  shared: readonly number[],
  geneNames: readonly string[],
  cellNames: readonly string[],
): RMatrix {
  const place = new Map(shared.map((gene, k) => [gene, k]));
  const cells = layers.reduce((sum, layer) => sum + layer.cells.length, 0);
  return {
    genes: shared.length,
    cells,
    geneNames: shared.map(gene => geneNames[gene]!),
    cellNames: layers.flatMap(layer => layer.cells.map(cell => cellNames[cell]!)),
    read: async target => {
      let first = 0;
      for (const layer of layers) {
        const geneOf = Int32Array.from(layer.genes, gene => place.get(gene) ?? -1);
        await layer.matrix.read(partOf(target, first, layer.cells.length, cells, geneOf));
        first += layer.cells.length;
      }
    },
  };
}

/** The target as one of several matrices sees it, whose first cell comes after those of others. */
function partOf(
  target: MatrixTarget,
  first: number,
  count: number,
  all: number,
  geneOf: Int32Array,
): MatrixTarget {
  return {
    ...target,
    geneOf,
    cellNames: target.cellNames.slice(first, first + count),
    audit: { see: (value, gene, cell) => target.audit.see(value, gene, first + cell) },
    progress: (done, of) => target.progress(first + (done / Math.max(1, of)) * count, all),
  };
}

/** A LogMap: a logical matrix of names x layers. */
function mapOf(
  value: RValue | undefined,
): { names: readonly string[]; members(layer: string): number[] } | null {
  const dimnames = attributeOf(value, 'dimnames');
  if (!isNumbers(value) || dimnames?.type !== 'list') return null;
  const names = textsOf(dimnames.values[0]);
  const layers = textsOf(dimnames.values[1]);
  if (names === null || layers === null || value.length !== names.length * layers.length) return null;
  return {
    names,
    members: layer => {
      const column = layers.indexOf(layer);
      if (column < 0) return [];
      const marks = value.slice(column * names.length, (column + 1) * names.length);
      return Array.from(marks.keys()).filter(row => marks[row] === 1);
    },
  };
}
