/** The application menu and what it and the task bar show of the page's state: recent things, what can be done, progress. */
import { app, Menu, type BrowserWindow } from 'electron';
import type { DesktopState, DesktopTheme } from '../../shared/desktop.ts';
import type { KeptFile } from './kept-file.ts';
import { menuTemplate, type MenuActions } from './menu.ts';
import { NOTHING_RECENT, withDataset, withFiles, withoutLostDatasets, type RecentItems } from './recent.ts';

const NOTHING_OPEN: DesktopState = {
  undo: null,
  redo: null,
  dataset: null,
  datasets: null,
  running: null,
  can: { start: false, pause: false, stop: false, exportPanel: false },
};

export class ApplicationMenu {
  readonly #actions: Omit<MenuActions, 'clearRecent'>;
  readonly #recent: KeptFile<RecentItems>;
  #state = NOTHING_OPEN;
  #theme: DesktopTheme;
  /** What the menu was last made of, so that it is not made again at every step of a run. */
  #shown = '';

  constructor(actions: Omit<MenuActions, 'clearRecent'>, recent: KeptFile<RecentItems>, theme: DesktopTheme) {
    this.#actions = actions;
    this.#recent = recent;
    this.#theme = theme;
    this.#draw();
  }

  get running(): boolean {
    return this.#state.running !== null;
  }

  show(state: DesktopState, window: BrowserWindow): void {
    this.#state = state;
    window.setProgressBar(state.running ?? -1);
    let recent = this.#recent.value;
    if (state.datasets !== null) recent = withoutLostDatasets(recent, state.datasets);
    if (state.dataset !== null) recent = withDataset(recent, state.dataset);
    if (recent !== this.#recent.value) this.#recent.keep(recent);
    this.#draw();
  }

  showTheme(theme: DesktopTheme): void {
    this.#theme = theme;
    this.#draw();
  }

  remember(paths: readonly string[]): void {
    this.#recent.keep(withFiles(this.#recent.value, paths));
    // The lists of the task bar and the dock; Linux has none.
    for (const path of paths) app.addRecentDocument(path);
    this.#draw();
  }

  #clear(): void {
    this.#recent.keep(NOTHING_RECENT);
    app.clearRecentDocuments();
    this.#draw();
  }

  #draw(): void {
    const { running: _, ...state } = this.#state;
    const made = JSON.stringify([state, this.#theme, this.#recent.value]);
    if (made === this.#shown) return;
    this.#shown = made;
    const view = {
      platform: process.platform,
      appName: app.name,
      state: this.#state,
      recent: this.#recent.value,
      theme: this.#theme,
    };
    const actions = { ...this.#actions, clearRecent: () => this.#clear() };
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(view, actions)));
  }
}
