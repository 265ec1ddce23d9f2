/** Reads a zip whole, as somebody who double-clicks the download would. */
import { buffer } from 'node:stream/consumers';
import yauzl from 'yauzl';

/** Content of every file by its path. */
export async function readZip(path: string): Promise<Map<string, Buffer>> {
  const zip = await yauzl.openPromise(path);
  const files = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    files.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
  }
  return files;
}
