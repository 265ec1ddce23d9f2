/** What a page in the desktop window may ask of the window's own process: a handful of calls, nothing generic. */

export interface DesktopBridge {
  /** A folder to write to. */
  chooseSaveFolder(): Promise<string | null>;
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
}

/** Under this name the bridge stands in the page's window. */
export const BRIDGE = 'f910';

/** Data of the window message that carries the engine's port. */
export const ENGINE_PORT = 'f910:engine-port';

/** Channels between the page's preload and the window's process. */
export const CHANNEL = {
  chooseSaveFolder: 'f910:choose-save-folder',
  connect: 'f910:connect',
  restartEngine: 'f910:restart-engine',
  enginePort: 'f910:engine-port',
  engineLost: 'f910:engine-lost',
} as const;
