/** Files that the page makes, brought to where the user wants them; what became of it is said in a message. */
import { asAppError } from '../state/job.svelte.ts';
import type { Studio } from '../state/studio.svelte.ts';
import { fileName, tableCsv, tableXlsx, type Column } from './table.ts';

/** Makes the file and saves it; failures are told, never thrown. */
export async function saveMade(
  studio: Studio,
  name: string,
  make: () => Blob | Promise<Blob>,
): Promise<void> {
  try {
    const where = await studio.host.saveFile(await make(), name);
    if (where !== null) studio.toasts.say(where);
  } catch (error) {
    studio.toasts.say(`${name} could not be saved: ${asAppError(error).message}`);
  }
}

export function saveTable<Row>(
  studio: Studio,
  name: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  as: 'csv' | 'xlsx',
): Promise<void> {
  return saveMade(studio, fileName(name, as), () =>
    as === 'csv' ? tableCsv(columns, rows) : tableXlsx(name, columns, rows),
  );
}
