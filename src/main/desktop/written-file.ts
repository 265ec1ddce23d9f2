/** How a file gets its name and its content: a name that every system takes, content that is whole or not there. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file name that every system takes: what would lead elsewhere or is not allowed becomes a hyphen. */
export function safeName(proposed: string): string {
  const plain = proposed
    // eslint-disable-next-line no-control-regex -- exactly these are not allowed in names
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*]+/g, '-')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  return plain === '' ? 'F910 Studio file' : plain;
}

/** Whole or not at all: written beside its place, brought to the disk, renamed. */
export async function writeBeside(path: string, bytes: Uint8Array): Promise<void> {
  const beside = join(dirname(path), `.${randomBytes(8).toString('hex')}.partial`);
  try {
    const file = await open(beside, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
