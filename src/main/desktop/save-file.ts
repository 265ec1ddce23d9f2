/** A file that the page made, on its way to where the user wants it: the path is the save dialog's alone. */
import { dirname, extname, join } from 'node:path';
import { app, dialog, type BrowserWindow, type FileFilter } from 'electron';
import { storageError } from '../../engine/workspace/storage-error.ts';
import type { SaveOutcome } from '../../shared/desktop.ts';
import { safeName, writeBeside } from './written-file.ts';

/** Names of the kinds of files that the app makes. */
const KINDS: Readonly<Record<string, string>> = {
  csv: 'Table (CSV)',
  tsv: 'Table (TSV)',
  xlsx: 'Spreadsheet (XLSX)',
  svg: 'Drawing (SVG)',
  png: 'Picture (PNG)',
  pdf: 'PDF document',
  html: 'Report (HTML)',
  txt: 'Text',
  json: 'JSON',
  zip: 'ZIP archive',
  gmt: 'Gene sets (GMT)',
  rnk: 'Ranked genes (RNK)',
};

let lastFolder: string | undefined;

export async function saveFile(
  window: BrowserWindow,
  proposed: string,
  bytes: Uint8Array,
): Promise<SaveOutcome> {
  const name = safeName(proposed);
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: 'Save as',
    defaultPath: join(lastFolder ?? app.getPath('downloads'), name),
    filters: filtersFor(name),
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  });
  if (canceled || filePath === '') return null;
  try {
    await writeBeside(filePath, bytes);
  } catch (error) {
    return { failed: storageError(error, filePath, bytes.length).message };
  }
  lastFolder = dirname(filePath);
  return { path: filePath };
}

function filtersFor(name: string): FileFilter[] {
  const extension = extname(name).slice(1).toLowerCase();
  const kind = KINDS[extension];
  return kind === undefined ? [] : [{ name: kind, extensions: [extension] }];
}
