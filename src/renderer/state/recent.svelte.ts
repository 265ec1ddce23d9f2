/** Files that were opened lately, to find them again: where they were, and which data set came of them. */
import type { Memory } from './memory.svelte.ts';

export interface RecentFile {
  readonly name: string;
  /** As the engine takes it; an upload in a browser is gone once it was stored. */
  readonly path: string;
  readonly dataset: string;
}

const KEY = 'recent-files';
const MOST = 8;

export class Recent {
  #list = $state.raw<readonly RecentFile[]>([]);
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Once, when the memory was read. */
  load(): void {
    this.#list = this.#memory.get(KEY, isList, []);
  }

  get list(): readonly RecentFile[] {
    return this.#list;
  }

  add(files: readonly RecentFile[]): void {
    const names = new Set(files.map(({ path }) => path));
    this.#list = [...files, ...this.#list.filter(({ path }) => !names.has(path))].slice(0, MOST);
    this.#memory.set(KEY, this.#list);
  }
}

function isList(value: unknown): value is readonly RecentFile[] {
  const isFile = (one: unknown): boolean =>
    typeof one === 'object' &&
    one !== null &&
    ['name', 'path', 'dataset'].every(key => typeof (one as Record<string, unknown>)[key] === 'string');
  return Array.isArray(value) && value.every(isFile);
}
