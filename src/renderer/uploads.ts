/**
 * Files on their way to the loopback server. What breaks off is taken up again where it was: after a lost connection by
 * itself, after a reload when the same file is chosen again.
 */
import { badFile, badInput, cancelled, fromWire, isAppError } from '../shared/errors.ts';
import type { WireError } from '../shared/errors.ts';

export interface Sent {
  readonly bytes: number;
  readonly of: number;
  /** Bytes that were there already when it began. */
  readonly before: number;
  /** The connection is lost; it is tried again. */
  readonly waiting: boolean;
}

export interface SendOptions {
  readonly onSent?: ((sent: Sent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes that tell files of one name apart, at the beginning and before the place of resumption; the server's number. */
const SAMPLE_BYTES = 64 * 1024;
/** A restart of the network takes seconds; a server that is gone stays away. */
const WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000];

/**
 * Sends a file, or the files of a folder, and returns the id of the upload.
 * @throws AppError CANCELLED, BAD_FILE for a file that cannot be read, BAD_INPUT, NO_ROOM
 */
export async function upload(
  files: readonly File[],
  folder: string | null,
  { onSent = () => {}, signal }: SendOptions,
): Promise<string> {
  const of = files.reduce((sum, file) => sum + file.size, 0);
  let [done, before] = [0, 0];
  let group: string | null = null;
  try {
    for (const file of files) {
      const place: Place = { name: folder === null ? file.name : placeBelow(file), folder, group };
      let resumed = 0;
      group = await sendFile(file, place, signal, ({ bytes, before: there, waiting }) => {
        resumed = there;
        onSent({ bytes: done + bytes, of, before: before + there, waiting });
      });
      done += file.size;
      before += resumed;
    }
  } catch (error) {
    if (group !== null) await forgetUpload({ id: group });
    throw error;
  }
  return group!;
}

/** Places of dropped files in their folder, which the browser tells of chosen ones only. */
const places = new WeakMap<File, string>();

/** Remembers where in a dropped folder a file lies: `filtered/matrix.mtx.gz`, without the folder's own name. */
export function rememberPlace(file: File, below: string): File {
  places.set(file, below);
  return file;
}

/** Where in its folder a file lies. */
export function placeBelow(file: File): string {
  const dropped = places.get(file);
  if (dropped !== undefined) return dropped;
  // Without the folder's own name, which is the upload's.
  return file.webkitRelativePath.split('/').slice(1).join('/') || file.name;
}

/** Removes an upload that is not needed any more; a server that is gone has nothing to remove it from. */
export async function forgetUpload(which: { readonly id: string } | { readonly key: string }): Promise<void> {
  const query = new URLSearchParams({ ...which }).toString();
  await fetch(`/upload/forget?${query}`, { method: 'POST' }).catch(() => {});
}

interface Place {
  readonly name: string;
  readonly folder: string | null;
  readonly group: string | null;
}

type Report = (sent: { bytes: number; before: number; waiting: boolean }) => void;

async function sendFile(
  file: File,
  place: Place,
  signal: AbortSignal | undefined,
  report: Report,
): Promise<string> {
  const key = await keyOf(file, place);
  let offset = await received(key).catch(() => 0);
  const before = offset;
  let most = offset;
  for (let lost = 0; ;) {
    report({ bytes: offset, before, waiting: false });
    try {
      return await sendRest(file, place, key, offset, signal, bytes => {
        most = Math.max(most, bytes);
        report({ bytes, before, waiting: false });
      });
    } catch (error) {
      if (signal?.aborted) {
        await forgetUpload({ key });
        throw cancelled(file.name);
      }
      if (isAppError(error, 'BAD_INPUT') && ['tail', 'offset'].includes(error.facts.path) && offset > 0) {
        offset = 0;
        continue;
      }
      if (!(error instanceof ConnectionLost)) throw error;
      const there = await waitFor(key, lost++, signal, () => report({ bytes: most, before, waiting: true }));
      // What goes on is not given up.
      if (there > offset) lost = 0;
      offset = there;
    }
  }
}

class ConnectionLost extends Error {}

/** Waits until the server answers again, and returns how much of the file is there. */
async function waitFor(
  key: string,
  lost: number,
  signal: AbortSignal | undefined,
  report: () => void,
): Promise<number> {
  for (const wait of WAITS_MS.slice(Math.min(lost, WAITS_MS.length - 1))) {
    report();
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, wait);
      signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    });
    if (signal?.aborted) throw cancelled('The upload');
    const there = await received(key).catch(() => null);
    if (there !== null) return there;
  }
  throw badInput(
    'upload',
    'The connection to F910 Studio was lost while the file was sent. What has arrived is kept for a day: choose the same file again to go on from there.',
  );
}

async function received(key: string): Promise<number> {
  const answer = await fetch(`/upload?key=${key}`);
  if (!answer.ok) throw new ConnectionLost();
  return ((await answer.json()) as { received: number }).received;
}

/** Sends what comes after `offset`. XMLHttpRequest, because fetch reports no progress. */
async function sendRest(
  file: File,
  { name, folder, group }: Place,
  key: string,
  offset: number,
  signal: AbortSignal | undefined,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const tail = offset === 0 ? '' : await sum([await read(file, Math.max(0, offset - SAMPLE_BYTES), offset)]);
  const query = new URLSearchParams({ name, key, size: `${file.size}`, offset: `${offset}`, tail });
  if (folder !== null) query.set('folder', folder);
  if (group !== null) query.set('group', group);
  signal?.throwIfAborted();
  const request = new XMLHttpRequest();
  request.open('POST', `/upload?${query.toString()}`);
  request.responseType = 'json';
  request.upload.onprogress = ({ loaded }) => onBytes(offset + loaded);
  const stop = (): void => request.abort();
  signal?.addEventListener('abort', stop);
  try {
    return await new Promise<string>((resolve, reject) => {
      request.onload = () => {
        const { id, error } = (request.response ?? {}) as { id?: string; error?: WireError };
        if (id !== undefined) resolve(id);
        else reject(error ? fromWire(error) : new ConnectionLost());
      };
      request.onerror = () => reject(new ConnectionLost());
      request.onabort = () => reject(new ConnectionLost());
      request.send(offset === 0 ? file : file.slice(offset));
    });
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** The same for the same file, chosen again at another time. */
async function keyOf(file: File, { folder, name }: Place): Promise<string> {
  const about = new TextEncoder().encode(JSON.stringify([folder, name, file.size, file.lastModified]));
  return (await sum([about, await read(file, 0, SAMPLE_BYTES)])).slice(0, 32);
}

async function read(file: File, from: number, to: number): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.slice(from, to).arrayBuffer());
  } catch (error) {
    const cause = 'cannot be read any more: it was moved, changed or removed since it was chosen';
    throw badFile(file.name, cause, { cause: error });
  }
}

async function sum(parts: readonly Uint8Array[]): Promise<string> {
  const bytes = new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map(byte => byte.toString(16).padStart(2, '0')).join('');
}
