/** The end of the app: asked for while a run is going, in order for the engine, whatever asks for it. */
import { app, dialog, powerMonitor, type BrowserWindow } from 'electron';
import type { DesktopEngine } from './engine-host.ts';

export class Leaving {
  #state: 'no' | 'asking' | 'yes' = 'no';
  readonly #engine: DesktopEngine;
  /** What is known without asking the engine, for the moments in which the system does not wait. */
  readonly #isRunning: () => boolean;
  #window: BrowserWindow | undefined;

  constructor(engine: DesktopEngine, isRunning: () => boolean) {
    this.#engine = engine;
    this.#isRunning = isRunning;
    app.on('before-quit', event => {
      if (this.#state === 'yes') return;
      event.preventDefault();
      if (this.#state === 'asking') return;
      this.#state = 'asking';
      void this.#leave();
    });
    app.on('window-all-closed', () => app.quit());
    // Linux and macOS: the end of the session waits for the engine to close what is open.
    powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
      event?.preventDefault();
      app.quit();
    });
  }

  /** Closing the window is leaving the app. */
  mayClose = (): boolean => {
    if (this.#state !== 'yes') app.quit();
    return this.#state === 'yes';
  };

  watch(window: BrowserWindow): void {
    this.#window = window;
    // Windows asks whether the session may end, and shows the user who held it up.
    window.on('query-session-end', event => {
      if (!this.#isRunning()) return;
      event.preventDefault();
      app.quit();
    });
    // It ends now; what the engine has checkpointed is kept in any case.
    window.on('session-end', () => void this.#engine.stop());
  }

  async #leave(): Promise<void> {
    this.#state = (await this.#mayLeave()) ? 'yes' : 'no';
    if (this.#state === 'no') return;
    await this.#engine.stop();
    app.quit();
  }

  async #mayLeave(): Promise<boolean> {
    const going = await this.#engine.runsGoing();
    if (going.length === 0 || !this.#window) return true;
    const { response } = await dialog.showMessageBox(this.#window, {
      type: 'question',
      message: `${going.join(', ')} is still running.`,
      detail: 'If you quit now, it stops. It can be resumed from its last checkpoint.',
      buttons: ['Keep it running', 'Stop it and quit'],
      defaultId: 0,
      cancelId: 0,
    });
    return response === 1;
  }
}
