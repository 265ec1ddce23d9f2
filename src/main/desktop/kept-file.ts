/** A small JSON file of the window's process: comforts such as the window's place, never the user's work. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { writeJson } from '../../engine/workspace/atomic.ts';

export class KeptFile<Kept> {
  readonly #path: string;
  value: Kept;

  /** A file that is missing, damaged or of another version counts as not there. */
  constructor(path: string, schema: z.ZodType<Kept>, missing: Kept) {
    this.#path = path;
    this.value = missing;
    try {
      const read = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
      if (read.success) this.value = read.data;
    } catch {
      // The first start, or a damaged file: it is written again.
    }
  }

  keep(value: Kept): void {
    this.value = value;
    try {
      writeJson(this.#path, value);
    } catch {
      // A full disk is told by whatever writes the user's work; where the window stood is not worth a message.
    }
  }
}
