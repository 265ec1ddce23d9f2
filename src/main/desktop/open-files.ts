/** Files and folders that the user opens through the system: dialogs of the menu, icons, recent documents. */
import { existsSync } from 'node:fs';
import { dialog, type BrowserWindow } from 'electron';
import type { ApplicationMenu } from './application-menu.ts';
import type { Inbox } from './inbox.ts';
import { bringForward } from './window.ts';

export class OpenedFiles {
  readonly #inbox: Inbox;
  readonly #menu: () => ApplicationMenu;
  readonly #window: () => BrowserWindow;

  constructor(inbox: Inbox, menu: () => ApplicationMenu, window: () => BrowserWindow) {
    this.#inbox = inbox;
    this.#menu = menu;
    this.#window = window;
  }

  /** Hands them to the page and puts them first among the recent ones. */
  open(paths: readonly string[]): void {
    if (paths.length === 0) return;
    this.#menu().remember(paths);
    this.#inbox.deliver(paths);
    bringForward(this.#window());
  }

  /** Windows and Linux have no dialog that takes both. */
  async choose(what: 'files' | 'folder'): Promise<void> {
    const { canceled, filePaths } = await dialog.showOpenDialog(this.#window(), {
      title: what === 'files' ? 'Open count files' : 'Open a folder of count files',
      properties: what === 'files' ? ['openFile', 'multiSelections'] : ['openDirectory'],
    });
    if (!canceled) this.open(filePaths);
  }

  /** A file that was moved meanwhile is said, and the rest of the list stays. */
  async openRecent(path: string): Promise<void> {
    if (existsSync(path)) return this.open([path]);
    await dialog.showMessageBox(this.#window(), {
      type: 'info',
      message: `${path} is no longer there.`,
      detail: 'It was moved, renamed or deleted, or it lies on a disk that is not connected.',
      buttons: ['Close'],
    });
  }
}
