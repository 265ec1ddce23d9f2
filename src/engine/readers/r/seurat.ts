/** Seurat objects of versions 2 to 5: which assay and layer to read, and the table of its cells. */
import { badFile, badInput } from '../../../shared/errors.ts';
import { listed } from '../binary/printable.ts';
import type { LabelColumn } from '../../../shared/model.ts';
import { EXPORT_HINT, type RDataSet } from './data-set.ts';
import { isMatrix, openMatrix, type RMatrix } from './matrices.ts';
import { isSplitAssay, openSplitCounts, splitLayers } from './seurat-layers.ts';
import { labelOf, labelsOf, openTable } from './tables.ts';
import { attributeOf, namedElements, textsOf, type RValue } from './values.ts';

const KIND = 'Seurat object';
const SLOTS = ['counts', 'data', 'scale.data'];

export function isSeurat(value: RValue): boolean {
  if (value.type !== 'S4' || attributeOf(value, 'meta.data') === undefined)
    return openOld(value) !== undefined;
  return attributeOf(value, 'assays')?.type === 'list';
}

/** @param layer an assay, or assay/layer */
export function openSeurat(file: string, value: RValue, layer: string | undefined): RDataSet {
  const old = openOld(value);
  if (old !== undefined) {
    const matrix = openMatrix(file, 'raw.data', old);
    return finish(value, matrix, null, []);
  }
  const assays = namedElements(attributeOf(value, 'assays'));
  const [assayName, layerName] = chosen(file, value, assays, layer);
  const assay = assays.get(assayName)!;
  const others = [...assays.keys()].filter(name => name !== assayName && hasCounts(assays.get(name)!));
  const warnings =
    layer !== undefined || others.length === 0
      ? []
      : [`Assay ${assayName} of ${file} was read; it also has ${listed(others)}, to be chosen as the layer.`];
  const opened = isSplitAssay(assay)
    ? openSplitCounts(file, assayName, assay, layerName)
    : { matrix: openSlot(file, assayName, assay, layerName ?? 'counts'), warnings: [] };
  const several = assays.size > 1 || layerName !== undefined;
  const name = layerName === undefined ? assayName : `${assayName}/${layerName}`;
  return finish(value, opened.matrix, several ? name : null, [...warnings, ...opened.warnings]);
}

/** Version 2 kept one matrix, not assays. */
function openOld(value: RValue): RValue | undefined {
  const raw = value.type === 'S4' ? attributeOf(value, 'raw.data') : undefined;
  return raw !== undefined && isMatrix(raw) ? raw : undefined;
}

function finish(value: RValue, matrix: RMatrix, layer: string | null, warnings: readonly string[]): RDataSet {
  return {
    matrix,
    kind: KIND,
    layer,
    rows: null,
    geneIds: matrix.geneNames,
    geneSymbols: matrix.geneNames,
    cellNames: matrix.cellNames,
    labels: () => labelsOfCells(value, matrix.cellNames),
    warnings,
  };
}

/** RNA where it is there, else the assay in use, else the first with counts. */
function chosen(
  file: string,
  value: RValue,
  assays: ReadonlyMap<string, RValue>,
  layer: string | undefined,
): [assay: string, layer: string | undefined] {
  const names = [...assays.keys()];
  if (layer !== undefined) {
    const assay = names.find(name => layer === name || layer.startsWith(`${name}/`));
    if (assay !== undefined) return [assay, layer === assay ? undefined : layer.slice(assay.length + 1)];
    throw badInput('layer', `${file} has no assay named ${layer}; it has ${listed(names)}.`);
  }
  const withCounts = names.filter(name => hasCounts(assays.get(name)!));
  const active = textsOf(attributeOf(value, 'active.assay'))?.[0];
  const assay =
    ['RNA', active].find(name => name !== undefined && withCounts.includes(name)) ?? withCounts[0];
  if (assay === undefined) {
    throw badFile(file, `holds a Seurat object without counts in memory: ${EXPORT_HINT}`);
  }
  return [assay, undefined];
}

function hasCounts(assay: RValue): boolean {
  if (isSplitAssay(assay)) return splitLayers(assay).length > 0;
  const counts = attributeOf(assay, 'counts');
  if (counts === undefined || !isMatrix(counts)) return false;
  // An assay without counts keeps an empty matrix in their place.
  const { genes, cells } = openMatrix('', 'counts', counts);
  return genes > 0 && cells > 0;
}

function openSlot(file: string, assay: string, value: RValue, slot: string): RMatrix {
  const stored = SLOTS.includes(slot) ? attributeOf(value, slot) : undefined;
  if (stored === undefined || !isMatrix(stored)) {
    throw badInput(
      'layer',
      `${file} has no layer ${slot} in assay ${assay}; it may have ${SLOTS.join(', ')}.`,
    );
  }
  return openMatrix(file, `${assay}/${slot}`, stored);
}

/** Columns of meta.data, and the identities in use where no column holds them. */
function labelsOfCells(value: RValue, cellNames: readonly string[]): LabelColumn[] {
  const table = openTable(attributeOf(value, 'meta.data'));
  const labels =
    table === null ? [] : labelsOf(table, table.rowNames.length, orderOf(table.rowNames, cellNames));
  const identities = attributeOf(value, 'active.ident') ?? attributeOf(value, 'ident');
  const names = textsOf(attributeOf(identities, 'names'));
  if (identities === undefined || names === null) return labels;
  const own = labelOf('active.ident', identities, names.length, orderOf(names, cellNames));
  return own === null || labels.some(label => sameGroups(label, own)) ? labels : [...labels, own];
}

function orderOf(rows: readonly string[], cellNames: readonly string[]): Int32Array {
  const place = new Map(rows.map((name, row) => [name, row]));
  return Int32Array.from(cellNames, name => place.get(name) ?? -1);
}

function sameGroups(a: LabelColumn, b: LabelColumn): boolean {
  return a.codes.every((code, cell) => a.levels[code] === b.levels[b.codes[cell]!]);
}
