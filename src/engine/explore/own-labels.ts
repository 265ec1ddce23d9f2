/**
 * Labels that the user gave to cells: datasets/<id>/explore/labels.safetensors beside the counts. The data set's own
 * labels and its checksum stay as they were imported, so runs and their history still say what they were made from.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { badInput } from '../../shared/errors.ts';
import type { OwnLabelsRequest } from '../../shared/explore.ts';
import type { LabelColumn } from '../../shared/model.ts';
import { decodeTensors, encodeTensors } from '../models/tensors-file.ts';
import { writeAtomic } from '../workspace/atomic.ts';
import type { Dataset } from '../workspace/dataset.ts';
import { codeOf, workspaceError } from '../workspace/storage-error.ts';
import { exploreFolder } from './maps-file.ts';

const FILE = 'labels.safetensors';
const MOST_COLUMNS = 50;
const metaSchema = z.array(z.object({ name: z.string(), levels: z.array(z.string()) }));

/** @throws AppError WORKSPACE where the file is damaged: labels are work of the user and not to be lost silently */
export function loadOwnLabels(datasetFolder: string, cells: number): LabelColumn[] {
  const path = join(datasetFolder, 'explore', FILE);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
  try {
    const { tensors, meta } = decodeTensors(bytes, FILE);
    return metaSchema.parse(JSON.parse(meta['columns'] ?? '')).map((head, k) => {
      const codes = Int32Array.from(tensors.get(String(k))!.data);
      if (codes.length !== cells || codes.some(code => code < -1 || code >= head.levels.length)) {
        throw new RangeError('The labels do not fit the cells.');
      }
      return { ...head, codes };
    });
  } catch (cause) {
    throw workspaceError(
      path,
      `The labels that you gave in Explore cannot be read: ${FILE} is damaged. Move ${path} away to go on without them.`,
      { cause },
    );
  }
}

/**
 * Puts a column in the place of the one of its name, or removes it.
 * @returns all own columns after it
 * @throws AppError BAD_INPUT for a column that does not fit the data set, NO_ROOM, WORKSPACE
 */
export function putOwnLabels(
  datasetFolder: string,
  dataset: Pick<Dataset, 'summary'>,
  { name, column }: OwnLabelsRequest,
): LabelColumn[] {
  const { summary } = dataset;
  if (summary.columns.includes(name)) {
    throw badInput(
      'name',
      `The data set came with a column "${name}", which stays as it is. Choose another name.`,
    );
  }
  if (column !== null) checkColumn(column, summary.cells);
  const before = loadOwnLabels(datasetFolder, summary.cells);
  const others = before.filter(own => own.name !== name);
  const place = before.findIndex(own => own.name === name);
  const after =
    column === null ? others : others.toSpliced(place < 0 ? others.length : place, 0, { name, ...column });
  if (after.length > MOST_COLUMNS) {
    throw badInput('name', `There are ${MOST_COLUMNS} columns of your own already. Remove one first.`);
  }
  const meta = after.map(own => ({ name: own.name, levels: own.levels }));
  const tensors = new Map(
    after.map(({ codes }, k) => [String(k), { shape: [codes.length], data: Float32Array.from(codes) }]),
  );
  const path = join(exploreFolder(datasetFolder), FILE);
  writeAtomic(path, encodeTensors(tensors, { columns: JSON.stringify(meta) }));
  return after;
}

function checkColumn({ levels, codes }: NonNullable<OwnLabelsRequest['column']>, cells: number): void {
  if (codes.length !== cells) {
    throw badInput('codes', `There are ${codes.length} labels for ${cells} cells. Open Explore again.`);
  }
  if (new Set(levels).size !== levels.length) throw badInput('levels', 'A label occurs twice in the column.');
  if (codes.some(code => code < -1 || code >= levels.length)) {
    throw badInput('codes', 'A cell has a label that the column does not list.');
  }
}
