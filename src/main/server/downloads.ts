/** An exported run as one zip: the engine writes the export folder, which leaves as a stream and is removed. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';
import type { F910Contract } from '../../shared/contract.ts';
import { createClient } from '../../shared/rpc/client.ts';
import type { EngineRelay } from '../host/relay.ts';

/** @throws AppError of the engine where the run cannot be exported; nothing has been sent then. */
export async function sendRun(id: string, relay: EngineRelay, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const client = createClient<F910Contract>(relay.transport());
  const folder = await mkdtemp(join(tmpdir(), 'f910-export-'));
  try {
    const out = join(folder, id);
    const { files } = await client.call('run.export', { id, out }, { signal: gone.signal });
    const zip = new yazl.ZipFile();
    for (const file of files.map(name => resolve(out, name))) {
      zip.addFile(file, `${id}/${relative(out, file).split(sep).join('/')}`);
    }
    zip.end();
    response.writeHead(200, {
      'Content-Type': 'application/zip',
      'Content-Disposition': `attachment; filename="${id}.zip"`,
    });
    const failed = once(zip, 'error').then(([error]) => Promise.reject(error as Error));
    await Promise.race([pipeline(zip.outputStream, response), failed]);
  } finally {
    client.close();
    await rm(folder, { recursive: true, force: true });
  }
}
