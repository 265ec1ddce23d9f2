/** Which object of an R file holds the counts. */
import { badFile, badInput, type AppError } from '../../../shared/errors.ts';
import type { ReadOptions } from '../../../shared/model.ts';
import { mostlyEnsembl } from '../binary/gene-names.ts';
import { listed } from '../binary/printable.ts';
import { EXPORT_HINT, type RDataSet } from './data-set.ts';
import { isExperiment, openExperiment } from './experiment.ts';
import type { RFile } from './file.ts';
import { isMatrix, openMatrix } from './matrices.ts';
import { isSeurat, openSeurat } from './seurat.ts';
import { classOf, hasClass, namedElements, type RValue } from './values.ts';

/** Taken without being asked for where there are several: PanglaoDB's, and the genes of a Cell Ranger run. */
const PREFERRED = ['sm', 'Gene Expression', 'counts'];

/**
 * @param options layer: an object, a layer of the only object, or object/layer
 * @throws AppError BAD_FILE where nothing can be read as counts, BAD_INPUT where several objects can
 */
export function chooseObject(
  file: string,
  { objects }: RFile,
  { layer, rows }: ReadOptions,
): { readonly name: string; readonly data: RDataSet } {
  const usable = usableIn(objects);
  const names = [...usable.keys()];
  if (names.length === 0) throw nothingUsable(file, objects);
  const own = names.find(name => name === layer || (name !== '' && layer?.startsWith(`${name}/`)));
  const name = own ?? (names.length === 1 ? names[0] : layer === undefined ? preferred(names) : undefined);
  if (name === undefined) {
    const problem = layer === undefined ? `holds ${names.length} matrices` : `holds no matrix named ${layer}`;
    throw badInput('layer', `${file} ${problem}: choose one of ${listed(names)} as the layer.`);
  }
  const rest = own === undefined ? layer : layer!.slice(own.length + 1);
  const data = openObject(file, name, usable.get(name)!, { layer: rest === '' ? undefined : rest, rows });
  const chosen =
    names.length > 1 ? [name, ...(data.layer === null ? [] : [data.layer])].join('/') : data.layer;
  return { name, data: { ...data, layer: chosen } };
}

function preferred(names: readonly string[]): string | undefined {
  return PREFERRED.find(name => names.includes(name));
}

function openObject(
  file: string,
  name: string,
  value: RValue,
  { layer, rows }: { readonly layer: string | undefined; readonly rows: ReadOptions['rows'] },
): RDataSet {
  if (isSeurat(value)) return openSeurat(file, value, layer);
  if (isExperiment(value)) return openExperiment(file, value, layer);
  if (layer !== undefined) {
    throw badInput('layer', `${file} holds one matrix only; there is no layer ${layer} to choose.`);
  }
  const called = name === '' ? 'the matrix' : name;
  const stored = openMatrix(file, called, value);
  const seen = rows === undefined && mostlyEnsembl(stored.cellNames) && !mostlyEnsembl(stored.geneNames);
  const turned = rows === 'cells' || seen;
  const matrix = turned ? openMatrix(file, called, value, true) : stored;
  return {
    matrix,
    kind: '',
    layer: null,
    // R's matrices of counts are genes x cells by custom, so that only the exception is told.
    rows: turned ? 'cells' : null,
    geneIds: matrix.geneNames,
    geneSymbols: matrix.geneNames,
    cellNames: matrix.cellNames,
    labels: () => [],
    warnings: seen ? [`${file} holds cells x genes instead of genes x cells; it was turned.`] : [],
  };
}

/** Objects that hold counts, and the elements of plain lists that do. */
function usableIn(objects: ReadonlyMap<string, RValue>): ReadonlyMap<string, RValue> {
  const isUsable = (value: RValue): boolean => isSeurat(value) || isExperiment(value) || isMatrix(value);
  const usable = new Map<string, RValue>();
  for (const [name, value] of objects) {
    if (isUsable(value)) usable.set(name, value);
    else if (!hasClass(value, 'data.frame')) {
      for (const [element, held] of namedElements(value)) {
        if (isUsable(held)) usable.set(name === '' ? element : `${name}$${element}`, held);
      }
    }
  }
  return usable;
}

function nothingUsable(file: string, objects: ReadonlyMap<string, RValue>): AppError {
  const [first] = objects;
  if (first === undefined) return badFile(file, 'holds no objects');
  const [name, value] = first;
  const kind = hasClass(value, 'data.frame') ? 'data.frame' : classOf(value);
  const named = name === '' ? '' : `\`${name}\`, `;
  const more = objects.size - 1;
  const others = more === 0 ? '' : ` (and ${more} other ${more === 1 ? 'object' : 'objects'})`;
  const article = /^([aeiou]|[ln][gs][CRT])/.test(kind) ? 'an' : 'a';
  const hint = value.type === 'S4' ? `: ${EXPORT_HINT}` : '';
  return badFile(
    file,
    `holds ${named}${article} ${kind}${others}; a sparse or dense count matrix is needed${hint}`,
  );
}
