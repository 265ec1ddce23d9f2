/** The desktop's engine: a port for the page, a client for the window's own questions, losses told to the page. */
import { MessageChannelMain, type BrowserWindow, type MessagePortMain } from 'electron';
import type { F910Contract } from '../../shared/contract.ts';
import { CHANNEL } from '../../shared/desktop.ts';
import { createClient } from '../../shared/rpc/client.ts';
import { portTransport } from '../../shared/rpc/transports.ts';
import { EngineHost } from '../host/engine-host.ts';
import { startUtilityEngine, startUtilityTrainer } from './utility-engine.ts';

/** How long the engine may think about whether something is running. */
const ANSWER_MS = 3_000;

export class DesktopEngine {
  readonly #host: EngineHost<MessagePortMain>;
  readonly #trainer: string;
  #last = 0;
  /** The window to tell of losses. */
  window: BrowserWindow | undefined;

  constructor(entries: { readonly engine: string; readonly trainer: string }, workspace: string) {
    this.#trainer = entries.trainer;
    this.#host = new EngineHost(() => startUtilityEngine(entries.engine, workspace), {
      lost: reason => this.window?.webContents.send(CHANNEL.engineLost, reason),
      message: message => {
        if (message.t === 'trainer') this.#startTrainer(message.number);
      },
    });
  }

  /** Sends the page a port to the engine; returns why there is none, or null. */
  connect(window: BrowserWindow): string | null {
    const { absence } = this.#host;
    if (absence !== null) return absence;
    window.webContents.postMessage(CHANNEL.enginePort, null, [this.#open()]);
    return null;
  }

  /** Names of the runs that are going; none where the engine cannot say. */
  async runsGoing(): Promise<string[]> {
    if (this.#host.absence !== null) return [];
    const client = createClient<F910Contract>(portTransport(this.#open()));
    const timer = setTimeout(() => client.close(), ANSWER_MS);
    try {
      const runs = await client.call('run.list', {});
      return runs.filter(run => run.status === 'running').map(run => run.name);
    } catch {
      return [];
    } finally {
      clearTimeout(timer);
      client.close();
    }
  }

  restart(reason: string): void {
    this.#host.restart(reason);
  }

  stop(): Promise<void> {
    return this.#host.stop();
  }

  /** It lives as long as the engine keeps its end of the port. */
  #startTrainer(number: number): void {
    const { port1, port2 } = new MessageChannelMain();
    startUtilityTrainer(this.#trainer).postMessage(null, [port1]);
    this.#host.post({ t: 'trainer', number }, port2);
  }

  #open(): MessagePortMain {
    const { port1, port2 } = new MessageChannelMain();
    this.#host.post({ t: 'open', client: ++this.#last }, port1);
    return port2;
  }
}
