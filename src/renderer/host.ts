/**
 * Where the page runs: in the desktop window or in a browser over the loopback server. Both give a connection to the
 * engine, hand over what the user chose, and bring an export out; the rest of the interface knows no difference.
 */
import {
  BRIDGE,
  type DesktopBridge,
  type DesktopCommand,
  type DesktopState,
  type OpenedFile,
} from '../shared/desktop.ts';
import { badInput, fromWire, type WireError } from '../shared/errors.ts';
import type { Progress } from '../shared/model.ts';
import type { Transport } from '../shared/rpc/frames.ts';
import { withCancelGrace } from '../shared/rpc/grace.ts';
import { socketTransport } from '../shared/rpc/transports.ts';
import { desktopHost } from './desktop-host.ts';
import { engineLost, noFile } from './host-errors.ts';
import { forgetUpload, upload, type SendOptions } from './uploads.ts';

/** An export that can be stopped, and says how far it is where that is known. */
export interface ExportCall {
  readonly signal: AbortSignal;
  onProgress(progress: Progress): void;
}

export interface Host {
  readonly kind: 'desktop' | 'browser';
  /**
   * A fresh connection to the engine. A transport that closed is gone for good: connect again.
   * @throws AppError ENGINE_LOST where there is no engine just now.
   */
  connect(): Promise<Transport>;
  /** Ends an engine that does not stop; every connection closes and the next one reaches a fresh engine. */
  restartEngine(): Promise<void>;
  /**
   * Gives the engine what the user chose or dropped: a file, or the files of the folder `name`. Returns what requests
   * call it: its path in the desktop window, `upload:<id>` in a browser, where it has to be sent first.
   * @throws AppError CANCELLED, BAD_FILE, NO_ROOM
   */
  hand(files: readonly File[], name: string, options?: SendOptions): Promise<string>;
  /** What was handed over is not needed any more. */
  forget(path: string): Promise<void>;
  /** Brings an exported run to where the user wants it; says in a sentence where it is, null when the user went back. */
  exportRun(id: string, call?: ExportCall): Promise<string | null>;
  /** Brings a file that the page made to where the user wants it; a sentence where it is, null when the user went back. */
  saveFile(data: Blob, name: string): Promise<string | null>;
  /** A notification of the system, where it is allowed; nothing depends on it. */
  notify(title: string, body: string): void;
  /** Window frame and native menus follow the theme. */
  setTheme(choice: 'system' | 'light' | 'dark'): void;
  /** Commands of the application menu; none in a browser. */
  onCommand(listener: (command: DesktopCommand) => void): void;
  /** Files that the user opened through the system: menu, icon, double click; none in a browser. */
  onOpenFiles(listener: (files: readonly OpenedFile[]) => void): void;
  /** What the application menu and the task bar have to know; a browser has neither. */
  showState(state: DesktopState): void;
  /** Undo and redo of the menu while a text field has the keyboard; never asked in a browser. */
  editText(what: 'undo' | 'redo'): void;
}

export function pickHost(): Host {
  const bridge = (window as { [BRIDGE]?: DesktopBridge })[BRIDGE];
  return bridge ? desktopHost(bridge) : browserHost();
}

function browserHost(): Host {
  const restartEngine = async (): Promise<void> => {
    await fetch('/engine/restart', { method: 'POST' });
  };
  return {
    kind: 'browser',
    saveFile: download,
    notify: showNotification,
    setTheme: () => {},
    onCommand: () => {},
    onOpenFiles: () => {},
    showState: () => {},
    editText: () => {},
    async connect() {
      const socket = new WebSocket(`ws://${location.host}/engine`);
      await new Promise<void>((resolve, reject) => {
        socket.onopen = () => resolve();
        socket.onerror = () => reject(engineLost(ENDED));
      }).catch(async (error: unknown) => {
        throw (await isLockedOut()) ? badInput('token', LOCKED_OUT) : error;
      });
      return withCancelGrace(socketTransport(socket), () => void restartEngine());
    },
    restartEngine,
    async hand(files, name, options = {}) {
      const visible = readable(files.filter(file => !file.name.startsWith('.')));
      if (visible.length === 0) throw noFile(name);
      const single = visible.length === 1 && visible[0]!.name === name;
      return `upload:${await upload(visible, single ? null : name, options)}`;
    },
    async forget(path) {
      const id = /^upload:(.*)$/.exec(path)?.[1];
      if (id !== undefined) await forgetUpload({ id });
    },
    async exportRun(id, call) {
      // The server sends nothing before the export is whole, so there is no progress to tell; leaving stops it.
      const answer = await fetch(`/download/${id}`, call ? { signal: call.signal } : {});
      if (!answer.ok) throw fromWire(((await answer.json()) as { error: WireError }).error);
      return download(await answer.blob(), `${id}.zip`);
    },
  };
}

/** Endings of what the readers read. */
const READ = /\.(mtx|tsv|csv|txt|h5|hdf5|h5ad|h5mu|loom|rds|rda|rdata|zip|tar|tgz)(\.(gz|bz2|xz))?$/i;

/** Of a folder, only what can be read is sent: beside counts there may lie gigabytes of aligned reads. */
function readable(files: readonly File[]): readonly File[] {
  const some = files.filter(file => READ.test(file.name));
  return some.length === 0 ? files : some;
}

async function download(data: Blob, name: string): Promise<string> {
  const link = Object.assign(document.createElement('a'), {
    href: URL.createObjectURL(data),
    download: name,
  });
  link.click();
  URL.revokeObjectURL(link.href);
  return `Downloaded as ${name}.`;
}

/** Only where the user has allowed it, and only while the page is not looked at. */
function showNotification(title: string, body: string): void {
  if (!('Notification' in window) || Notification.permission !== 'granted' || document.hasFocus()) return;
  const notification = new Notification(title, { body });
  notification.onclick = () => {
    window.focus();
    notification.close();
  };
}

const ENDED = 'F910 Studio was ended; start it again';
const LOCKED_OUT =
  'F910 Studio was started anew, and this page belongs to its earlier start. Open the address that it has printed now, or its window; everything that was stored is there.';

/** The server answers, but does not know this page any more. */
async function isLockedOut(): Promise<boolean> {
  const answer = await fetch('/').catch(() => null);
  return answer?.status === 403;
}
