/** Deleted data sets and runs, kept until the bin is emptied: bin/<time>-<kind>-<id>/ with a note and the content. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { BinItem } from '../../shared/runs.ts';
import { renameDurably, syncFolder } from './atomic.ts';
import { folderOf, moveWithRow, temporaryFolder } from './context.ts';
import type { Folders, WorkspaceContext } from './context.ts';
import { write } from './database.ts';
import type { Kind } from './ids.ts';
import { readManifest } from './manifest.ts';
import { readRecord } from './record.ts';
import { bytesIn } from './disk.ts';
import { insertDataset, putRun } from './rows.ts';
import { readSealed, writeSealed } from './sealed.ts';
import { storageError, workspaceError } from './storage-error.ts';

const ENTRY = /^(\d{8}T\d{9}Z)-(dataset|run)-([a-z0-9-]{1,64})$/;
const DAY = 24 * 60 * 60 * 1000;

const noteSchema = z.object({
  schema: z.literal(1),
  kind: z.enum(['dataset', 'run']),
  id: z.string(),
  name: z.string(),
  deleted: z.string(),
});

export class Bin {
  readonly #context: WorkspaceContext;

  constructor(context: WorkspaceContext) {
    this.#context = context;
  }

  /** Last deleted first. An entry whose note is damaged is left out here; `check` tells of it. */
  list(): BinItem[] {
    const { bin } = this.#context.folders;
    return binEntries(bin)
      .filter(entry => existsSync(join(bin, entry, 'content')))
      .flatMap(entry => {
        try {
          return [this.#note(entry)];
        } catch (error) {
          if (error instanceof AppError) return [];
          throw error;
        }
      })
      .sort((a, b) => (a.entry < b.entry ? 1 : -1));
  }

  /**
   * Puts a data set or run back to its place, with its old id.
   * @throws AppError NOT_FOUND; WORKSPACE where its content is damaged
   */
  restore(entry: string): BinItem {
    const { folders, database } = this.#context;
    if (!ENTRY.test(entry) || !existsSync(join(folders.bin, entry, 'content'))) throw notInBin(entry);
    const note = this.#note(entry);
    const content = join(folders.bin, entry, 'content');
    moveWithRow(this.#context, content, () => {
      const place = folderOf(folders, note.kind, note.id);
      if (existsSync(place)) throw workspaceError(place, `${note.id} is in the workspace already.`);
      if (note.kind === 'dataset') insertDataset(database, readManifest(content).summary);
      else putRun(database, { summary: readRecord(content).summary, owner: null });
      return place;
    });
    rmSync(join(folders.bin, entry), { recursive: true, force: true });
    return note;
  }

  /** Removes for good what was deleted at least that many days ago; 0 removes all. @returns how many entries went */
  empty(olderThanDays: number): number {
    const { bin } = this.#context.folders;
    const latest = Date.now() - olderThanDays * DAY;
    const away = temporaryFolder(this.#context.owner);
    // Moved first, so that no entry is ever seen half removed; in a transaction, because others may do the same.
    const old = write(this.#context.database, () => {
      const entries = binEntries(bin).filter(entry => deletedAt(entry) <= latest);
      for (const entry of entries) renameDurably(join(bin, entry), join(away.folder, entry));
      return entries;
    });
    away.remove();
    return old.length;
  }

  #note(entry: string): BinItem {
    const path = join(this.#context.folders.bin, entry, 'note.json');
    const note = readSealed(path, noteSchema, 'This entry of the bin cannot be restored by itself.');
    const [, , kind, id] = ENTRY.exec(entry)!;
    if (note.kind !== kind || note.id !== id)
      throw workspaceError(path, `${entry} is not what its note says.`);
    const { name, deleted } = note;
    return { entry, kind: note.kind, id: note.id, name, deleted, bytes: bytesIn(dirname(path)) };
  }
}

/**
 * Moves a data set or run to the bin.
 * @param removeRow removes its row or throws where it is in use
 */
export function moveToBin(
  context: WorkspaceContext,
  kind: Kind,
  { id, name }: { readonly id: string; readonly name: string },
  removeRow: () => void,
): void {
  const { folders } = context;
  const deleted = new Date().toISOString();
  const entry = join(folders.bin, `${deleted.replace(/[-:.]/g, '')}-${kind}-${id}`);
  try {
    moveWithRow(context, folderOf(folders, kind, id), () => {
      removeRow();
      mkdirSync(entry);
      writeSealed(join(entry, 'note.json'), { schema: 1, kind, id, name, deleted });
      syncFolder(folders.bin);
      return join(entry, 'content');
    });
  } catch (error) {
    if (!existsSync(join(entry, 'content'))) rmSync(entry, { recursive: true, force: true });
    throw storageError(error, entry);
  }
}

export function binEntries(bin: string): string[] {
  return readdirSync(bin).filter(name => ENTRY.test(name));
}

/** Ids of what is in the bin. */
export function binnedIds(folders: Folders, kind: Kind): string[] {
  return binEntries(folders.bin).flatMap(entry => {
    const [, , ofKind, id] = ENTRY.exec(entry)!;
    return ofKind === kind ? [id!] : [];
  });
}

function deletedAt(entry: string): number {
  const parts = /^(.{4})(..)(..)T(..)(..)(..)(...)Z/.exec(entry)!;
  return Date.parse(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}.${parts[7]}Z`);
}

function notInBin(entry: string): AppError<'NOT_FOUND'> {
  const id = entry.slice(0, 120);
  return new AppError('NOT_FOUND', `There is no "${id}" in the bin.`, { what: 'bin entry', id });
}
