/**
 * What the interface keeps between visits, stored in the workspace: a browser would keep it by address, and the
 * loopback server has another port each time. Reading is immediate once it was loaded; writing follows by itself.
 */
import type { Connection } from './connection.svelte.ts';

/** Changes in a row (a slider that moves) are written once. */
const WRITE_AFTER_MS = 300;

export class Memory {
  readonly #connection: Connection;
  readonly #kept = new Map<string, string>();
  readonly #waiting = new Map<string, ReturnType<typeof setTimeout>>();
  #loaded = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Once, before anything is read. */
  async load(): Promise<void> {
    if (this.#loaded) return;
    const kept = await this.#connection.client.call('memory.load', {});
    for (const [key, value] of Object.entries(kept)) this.#kept.set(key, value);
    this.#loaded = true;
  }

  /** The value as `accept` understands it; `otherwise` where nothing was kept or what was kept makes no sense. */
  get<T>(key: string, accept: (value: unknown) => value is T, otherwise: T): T {
    const text = this.#kept.get(key);
    if (text === undefined) return otherwise;
    try {
      const value: unknown = JSON.parse(text);
      return accept(value) ? value : otherwise;
    } catch {
      return otherwise;
    }
  }

  /** @param key words of a-z, 0-9 and hyphens, two with a colon between where there is one for each thing */
  set(key: string, value: unknown): void {
    const text = JSON.stringify(value);
    if (this.#kept.get(key) === text) return;
    this.#kept.set(key, text);
    this.#write(key);
  }

  forget(key: string): void {
    if (this.#kept.delete(key)) this.#write(key);
  }

  /** Writes what waits; the page is about to go. */
  flush(): void {
    for (const key of [...this.#waiting.keys()]) this.#save(key);
  }

  #write(key: string): void {
    clearTimeout(this.#waiting.get(key));
    this.#waiting.set(
      key,
      setTimeout(() => this.#save(key), WRITE_AFTER_MS),
    );
  }

  #save(key: string): void {
    clearTimeout(this.#waiting.get(key));
    this.#waiting.delete(key);
    const value = this.#kept.get(key) ?? null;
    // A choice that could not be kept is made again; a lost engine is told by the connection.
    this.#connection.client.call('memory.save', { key, value }).catch(() => {});
  }
}

export const isText = (value: unknown): value is string => typeof value === 'string';
