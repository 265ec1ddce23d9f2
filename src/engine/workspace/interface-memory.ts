/**
 * What the interface keeps between visits, in one small file of the workspace: a browser keeps its own memory by
 * address, and the loopback server has another port each time. Losing it loses comfort, never data.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { badInput } from '../../shared/errors.ts';
import { writeJson } from './atomic.ts';

const FILE = 'interface.json';
const schema = z.record(z.string(), z.string());
/** A page that keeps more than this has gone wrong. */
const MOST_KEYS = 1_000;

export class InterfaceMemory {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, FILE);
  }

  /** Everything that was kept; nothing where the file is missing or cannot be read. */
  load(): Record<string, string> {
    try {
      return schema.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch {
      return {};
    }
  }

  /** Null forgets the key. Read anew before every change, because several processes share the workspace. */
  save(key: string, value: string | null): void {
    const kept = new Map(Object.entries(this.load()));
    if (value === null) kept.delete(key);
    else kept.set(key, value);
    if (kept.size > MOST_KEYS) throw badInput('key', 'The interface keeps too many things.');
    writeJson(this.#path, Object.fromEntries(kept));
  }
}
