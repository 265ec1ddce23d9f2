/** Files as browsers hand them over, sorted into what belongs together: a folder is one thing, a lone file another. */
import { rememberPlace } from '../../uploads.ts';
import type { Chosen } from '../../state/chosen.ts';

/** The three files of a 10x matrix, with or without a prefix, are chosen one by one as often as by their folder. */
const TENX = /^(.*?)(matrix\.mtx|genes\.tsv|features\.tsv|barcodes\.tsv)(\.gz)?$/i;

/** From a file dialog: files of one folder (webkitRelativePath) together, the parts of each 10x matrix together. */
export function chosenFrom(files: readonly File[]): Chosen[] {
  const folder = files[0]?.webkitRelativePath.split('/')[0];
  if (folder !== undefined && folder !== '') return [{ name: folder, files }];
  const matrices = Map.groupBy(files, file => TENX.exec(file.name)?.[1]);
  const single = matrices.get(undefined) ?? [];
  matrices.delete(undefined);
  return [
    ...[...matrices].map(([prefix, parts]) => ({
      name: prefix?.replace(/[_.-]+$/, '') || '10x matrix',
      files: parts,
    })),
    ...single.map(file => ({ name: file.name, files: [file] })),
  ];
}

/** From the system: of the parts of one 10x matrix only the matrix, beside which the reader finds the others. */
export function withoutCompanions<File extends { readonly name: string; readonly path: string }>(
  files: readonly File[],
): File[] {
  const placeOf = ({ name, path }: File): string =>
    path.slice(0, path.length - name.length) + (TENX.exec(name)?.[1] ?? '');
  const isMatrix = ({ name }: File): boolean => /^matrix\.mtx$/i.test(TENX.exec(name)?.[2] ?? '');
  const matrices = new Set(files.filter(isMatrix).map(placeOf));
  return files.filter(file => isMatrix(file) || !TENX.test(file.name) || !matrices.has(placeOf(file)));
}

/** From a drop, where folders come as entries that have to be walked. */
export async function filesOfDrop(transfer: DataTransfer): Promise<Chosen[]> {
  // Everything must be taken before the first await: the transfer is emptied after the event.
  const items = [...transfer.items].map(item => ({
    entry: item.webkitGetAsEntry(),
    file: item.getAsFile(),
  }));
  const chosen: Chosen[] = [];
  const lone: File[] = [];
  for (const { entry, file } of items) {
    if (entry?.isDirectory) chosen.push({ name: entry.name, files: await walk(entry) });
    else if (file !== null) lone.push(file);
  }
  return [...chosen, ...chosenFrom(lone)];
}

/** A folder holds at most this many files of a matrix; more is not a data set but a mistake. */
const MOST_FILES = 200;

/** @param inside place of the entry below the dropped folder */
async function walk(entry: FileSystemEntry, inside = ''): Promise<File[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [rememberPlace(file, inside)];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: File[] = [];
  for (;;) {
    // A reader hands out a part at a time, and an empty part at the end.
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return files;
    for (const child of part)
      files.push(...(await walk(child, inside === '' ? child.name : `${inside}/${child.name}`)));
    if (files.length > MOST_FILES)
      throw new Error(`The folder holds more than ${MOST_FILES} files: choose the one with the matrix.`);
  }
}
