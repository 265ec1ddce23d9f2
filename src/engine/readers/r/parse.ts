/** Parses an R file, in the worker. */
import { badFile } from '../../../shared/errors.ts';
import { readOpened } from '../binary/assemble.ts';
import { parseName } from '../../genes/names.ts';
import type { Parser } from '../worker/protocol.ts';
import { chooseObject } from './choose.ts';
import type { RDataSet } from './data-set.ts';
import { openR, type RFile } from './file.ts';

export const parseR: Parser = async (source, options, sink, context) => {
  const { name: file } = source;
  const content = await openR(source, value => context.progress(value));
  const { name, data } = chooseObject(file, content, options);
  const { matrix } = data;
  if (data.geneIds.length === 0)
    throw badFile(file, 'has no gene names: the rows of its matrix are not named');
  const numbered = data.cellNames.length === 0;
  return readOpened(
    file,
    {
      format: formatOf(content, name, data),
      layer: data.layer,
      rows: data.rows,
      cells: matrix.cells,
      genes: matrix.genes,
      geneIds: data.geneIds,
      geneSymbols: data.geneSymbols,
      cellNames: numbered
        ? Array.from({ length: matrix.cells }, (_, cell) => `cell${cell + 1}`)
        : data.cellNames,
      geneOf: null,
      labels: () => data.labels(),
      warnings: [
        ...data.warnings,
        ...(numbered ? [`${file} has no cell names; its cells were numbered.`] : []),
      ],
      read: target => matrix.read(target),
    },
    options,
    sink,
    context,
  );
};

function formatOf({ container }: RFile, name: string, { kind, geneIds }: RDataSet): string {
  if (kind !== '') return `${kind} (${container})`;
  const joined = geneIds.filter(gene => parseName(gene).kind === 'panglaodb').length;
  return container === 'RData' && name === 'sm' && joined > geneIds.length / 2
    ? 'PanglaoDB RData'
    : container;
}
