/** What a page in the desktop window and the window's own process say to each other: a handful of calls, nothing generic. */

/** The places of the interface, in the order of the rail and of the View menu. */
export const DESKTOP_PLACES = [
  'data',
  'quality',
  'explore',
  'train',
  'panel',
  'genes',
  'compare',
  'history',
  'settings',
] as const;
export type DesktopPlace = (typeof DESKTOP_PLACES)[number];

export const THEMES = ['system', 'light', 'dark'] as const;
export type DesktopTheme = (typeof THEMES)[number];

/** What the menu asks of the page; `dataset:` is followed by an id. */
export type DesktopCommand =
  | 'undo'
  | 'redo'
  | 'export-panel'
  | 'run-start'
  | 'run-pause'
  | 'run-stop'
  | 'help-start'
  | 'help-shortcuts'
  | `go:${DesktopPlace}`
  | `theme:${DesktopTheme}`
  | `dataset:${string}`;

/** A file or folder that the user chose through the system: a dialog, an icon, a recent document. */
export interface OpenedFile {
  readonly path: string;
  readonly name: string;
}

/** What the menu and the task bar have to know of the page; sent whenever it changes. */
export interface DesktopState {
  /** What would be undone and done again, in words; null where there is nothing. */
  readonly undo: string | null;
  readonly redo: string | null;
  /** The data set that is open; the last ones are offered in the File menu. */
  readonly dataset: { readonly id: string; readonly name: string } | null;
  /** Ids of the data sets that there are: others are no longer offered. Null before they are known. */
  readonly datasets: readonly string[] | null;
  /** Share done of the run that is going, from 0 to 1; null where none is going. */
  readonly running: number | null;
  /** What can be done now. */
  readonly can: {
    readonly start: boolean;
    readonly pause: boolean;
    readonly stop: boolean;
    readonly exportPanel: boolean;
  };
}

/** What became of a file that the page made. `failed` is a sentence with a next step; null: the user went back. */
export type SaveOutcome = { readonly path: string } | { readonly failed: string } | null;

export interface DesktopBridge {
  /** A folder to write to. */
  chooseSaveFolder(): Promise<string | null>;
  /** Asks where to, and writes. The path is the dialog's; `name` is only proposed. */
  saveFile(name: string, bytes: Uint8Array): Promise<SaveOutcome>;
  /** A notification of the system; a click on it brings the window forward. */
  notify(title: string, body: string): Promise<void>;
  setTheme(theme: DesktopTheme): Promise<void>;
  showState(state: DesktopState): Promise<void>;
  /** Adds a file or folder that was opened in the page to the recent ones. */
  rememberFile(path: string): Promise<void>;
  /** Undoes or does again what was typed into the text field that has the keyboard. */
  editText(what: 'undo' | 'redo'): Promise<void>;
  /** Path of a file that the user chose or dropped; empty for a file that is on no disk. */
  pathOf(file: File): string;
  /**
   * Asks for a connection to the engine. Null: a window message `ENGINE_PORT` with the port follows. Else why there is
   * no engine just now, continuing "The engine stopped: ".
   */
  connect(): Promise<string | null>;
  /** Ends an engine that does not stop; a fresh one follows. */
  restartEngine(): Promise<void>;
  onEngineLost(listener: (reason: string) => void): void;
  onCommand(listener: (command: DesktopCommand) => void): void;
  /** Also tells of what was opened before anybody listened. */
  onOpenFiles(listener: (files: readonly OpenedFile[]) => void): void;
}

/** Under this name the bridge stands in the page's window. */
export const BRIDGE = 'f910';

/** Data of the window message that carries the engine's port. */
export const ENGINE_PORT = 'f910:engine-port';

/** Channels between the page's preload and the window's process. */
export const CHANNEL = {
  chooseSaveFolder: 'f910:choose-save-folder',
  saveFile: 'f910:save-file',
  notify: 'f910:notify',
  setTheme: 'f910:set-theme',
  showState: 'f910:show-state',
  rememberFile: 'f910:remember-file',
  editText: 'f910:edit-text',
  connect: 'f910:connect',
  restartEngine: 'f910:restart-engine',
  /** The page listens to opened files from now on. */
  listening: 'f910:listening',
  enginePort: 'f910:engine-port',
  engineLost: 'f910:engine-lost',
  command: 'f910:command',
  openFiles: 'f910:open-files',
} as const;
