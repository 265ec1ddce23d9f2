/** Files that tests make themselves, in a folder that is gone afterwards. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from '../../support/sandbox.ts';

type Content = string | Uint8Array;

/** Writes files by their relative paths; names ending in .gz are packed. @returns the folder. */
export function madeFolder(files: Readonly<Record<string, Content>>): string {
  const folder = join(temporaryFolder(), 'made');
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    writeFileSync(path, name.endsWith('.gz') ? gzipSync(bytes) : bytes);
  }
  return folder;
}

/** @returns the path of one file. */
export function madeFile(name: string, content: Content): string {
  return join(madeFolder({ [name]: content }), name);
}

/** Three genes, two cells: [[1, 0], [0, 2], [3, 4]]. */
export const SMALL_MATRIX = `%%MatrixMarket matrix coordinate integer general
3 2 4
1 1 1
3 1 3
2 2 2
3 2 4
`;
export const SMALL_FEATURES =
  'ENSG00000000001\tGA\tGene Expression\nENSG00000000002\tGB\tGene Expression\nENSG00000000003\tGC\tGene Expression\n';
export const SMALL_GENES = 'ENSG00000000001\tGA\nENSG00000000002\tGB\nENSG00000000003\tGC\n';
export const SMALL_BARCODES = 'AAACCTGAGA-1\nAAACCTGAGC-1\n';

/** A folder of three files with the given ones instead. */
export function smallMtx(changed: Readonly<Record<string, string>> = {}): string {
  return madeFolder({
    'matrix.mtx': SMALL_MATRIX,
    'features.tsv': SMALL_FEATURES,
    'barcodes.tsv': SMALL_BARCODES,
    ...changed,
  });
}

export const SMALL_EXPECTED = {
  genes: 3,
  cells: 2,
  nonzeros: 4,
  totalCounts: 10,
  librarySizes: [4, 6],
} as const;
