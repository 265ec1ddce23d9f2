/** 10x Genomics' matrix of three text files (Cell Ranger 2 and 3, STARsolo, GEO): the matrix file leads to the others. */
import { basename } from 'node:path';
import { badFile, badInput } from '../../shared/errors.ts';
import { ValueAudit } from './audit.ts';
import { headOf } from './bytes.ts';
import type { Reader } from './contract.ts';
import { companionsOf, matrixPrefix } from './mtx-files.ts';
import { readMatrix, type EntryTaker, type MatrixSize } from './mtx-matrix.ts';
import { keepGenes, readBarcodes, readFeatures, type Features } from './mtx-names.ts';
import { OrderedEntries } from './mtx-order.ts';
import { uniqueCellNames } from './names.ts';

/** Folders are searched for matrix files by `locate`; this reader is given the matrix file itself. */
export const mtxReader: Reader = {
  format: '10x MTX',

  async recognises(source) {
    if (source.isFolder) return false;
    // A file of this name that is something else is refused here, in words that fit.
    if (matrixPrefix(source.name) !== null) return true;
    return (await headOf(source)).content.toString('latin1', 0, 14).toLowerCase() === '%%matrixmarket';
  },

  async read(source, options, sink, context) {
    const { name } = source;
    if (options.layer !== undefined) {
      throw badInput('layer', `${name} holds one matrix only; there is no layer ${options.layer} to choose.`);
    }
    const paths = await companionsOf(source.path);
    const features = await readFeatures(paths.genes, context);
    const barcodes = await readBarcodes(paths.barcodes, context);
    const kept = keepGenes(features);
    const cells = uniqueCellNames(barcodes.file, barcodes.names, options);

    const audit = new ValueAudit(options.alreadyLog);
    const size = { cells: barcodes.names.length, genes: kept.ids.length };
    const entries = new OrderedEntries(name, size, sink, context.signal);
    let turned = false;
    await readMatrix(source, context, matrix => {
      turned = isTurned(name, matrix, features, barcodes);
      const { geneOf } = kept;
      const take: EntryTaker = (feature, cell, value) => {
        const gene = geneOf[feature]!;
        if (gene < 0) return;
        audit.see(value, gene, cell);
        entries.add(cell, gene, value);
      };
      return turned ? (row, column, value) => take(column, row, value) : take;
    });
    audit.finish(
      name,
      gene => kept.symbols[gene]!,
      cell => cells.names[cell]!,
    );
    const twice = await entries.finish();
    if (twice !== null) {
      const [gene, cell] = [kept.symbols[twice.gene]!, cells.names[twice.cell]!];
      throw badFile(name, `lists gene ${gene}, cell ${cell} more than once`);
    }
    return {
      format: /features/i.test(basename(paths.genes)) ? '10x MTX v3' : '10x MTX v2',
      layer: null,
      rows: null,
      geneIds: kept.ids,
      geneSymbols: kept.symbols,
      cellNames: cells.names,
      labels: [],
      alreadyLog: options.alreadyLog ?? null,
      warnings: [
        ...kept.warnings,
        ...cells.warnings,
        ...(turned ? [`${name} holds cells x genes instead of genes x cells; it was turned.`] : []),
      ],
    };
  },
};

/**
 * Whether rows are cells, told by the lengths of the lists of names.
 * @throws AppError BAD_FILE where the lengths fit neither way.
 */
function isTurned(
  name: string,
  { rows, columns }: MatrixSize,
  features: Features,
  barcodes: { readonly file: string; readonly names: readonly string[] },
): boolean {
  const genes = features.ids.length;
  const cells = barcodes.names.length;
  if (rows === genes && columns === cells) return false;
  if (rows === cells && columns === genes) return true;
  if (rows !== genes)
    throw badFile(features.file, `names ${counted(genes, 'gene')} but ${name} has ${rows} rows`);
  throw badFile(barcodes.file, `names ${counted(cells, 'cell')} but ${name} has ${columns} columns`);
}

function counted(n: number, what: string): string {
  return `${n} ${n === 1 ? what : `${what}s`}`;
}
