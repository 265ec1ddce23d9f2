/** Files that were opened through the system, kept until the page listens. */
import { basename } from 'node:path';
import type { OpenedFile } from '../../shared/desktop.ts';
import { MOST_FILES } from './arguments.ts';

export class Inbox {
  #waiting: OpenedFile[] = [];
  #send: ((files: readonly OpenedFile[]) => void) | null = null;

  deliver(paths: readonly string[]): void {
    if (paths.length === 0) return;
    const files = paths.map(path => ({ path, name: basename(path) || path }));
    if (this.#send) this.#send(files);
    else this.#waiting = [...this.#waiting, ...files].slice(-MOST_FILES);
  }

  /** The page listens from now on. */
  open(send: (files: readonly OpenedFile[]) => void): void {
    this.#send = send;
    const waiting = this.#waiting.splice(0);
    if (waiting.length > 0) send(waiting);
  }

  /** The page is being loaded again. */
  close(): void {
    this.#send = null;
  }
}
