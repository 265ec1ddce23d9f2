/** Folders that are dropped: all files of all folders in them, each with its place. */
import { expect, it } from 'vitest';
import { placeBelow } from '../../src/renderer/uploads.ts';
import { filesOfDrop } from '../../src/renderer/views/data/drop.ts';

interface Tree {
  readonly [name: string]: Tree | null;
}

/** An entry as browsers give it: a reader hands out one child at a time, then nothing. */
function entryOf(name: string, tree: Tree | null): FileSystemEntry {
  if (tree === null) {
    const file = (take: (file: File) => void): void => take(new File(['x'], name));
    return { name, isFile: true, isDirectory: false, file } as unknown as FileSystemEntry;
  }
  const children = Object.entries(tree).map(([child, below]) => entryOf(child, below));
  const createReader = () => ({
    readEntries: (take: (part: FileSystemEntry[]) => void) => take(children.splice(0, 1)),
  });
  return { name, isFile: false, isDirectory: true, createReader } as unknown as FileSystemEntry;
}

it('keeps files of one name in several folders apart', async () => {
  const tree = {
    filtered: { 'matrix.mtx.gz': null, 'barcodes.tsv.gz': null },
    raw: { 'matrix.mtx.gz': null },
    'notes.txt': null,
  };
  const item = { webkitGetAsEntry: () => entryOf('outs', tree), getAsFile: () => null };
  const [folder, ...others] = await filesOfDrop({ items: [item] } as unknown as DataTransfer);
  expect(others).toEqual([]);
  expect(folder?.name).toBe('outs');
  expect(folder?.files.map(placeBelow)).toEqual([
    'filtered/matrix.mtx.gz',
    'filtered/barcodes.tsv.gz',
    'raw/matrix.mtx.gz',
    'notes.txt',
  ]);
});
