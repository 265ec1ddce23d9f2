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
import { fromWire, type WireError } from '../shared/errors.ts';
import type { Transport } from '../shared/rpc/frames.ts';
import { withCancelGrace } from '../shared/rpc/grace.ts';
import { socketTransport } from '../shared/rpc/transports.ts';
import { desktopHost } from './desktop-host.ts';
import { engineLost, noFile } from './host-errors.ts';

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
   * call it: its path in the desktop window, `upload:<id>` in a browser, where `onSent` hears the share sent so far.
   */
  hand(files: readonly File[], name: string, onSent?: (share: number) => void): Promise<string>;
  /** Brings an exported run to where the user wants it; says in a sentence where it is, null when the user went back. */
  exportRun(id: string): Promise<string | null>;
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
      });
      return withCancelGrace(socketTransport(socket), () => void restartEngine());
    },
    restartEngine,
    async hand(files, name, onSent = () => {}) {
      const visible = files.filter(file => !file.name.startsWith('.'));
      const bytes = visible.reduce((sum, file) => sum + file.size, 0);
      const single = visible.length === 1 && visible[0]!.name === name;
      let sent = 0;
      let group: string | undefined;
      for (const file of visible) {
        // Without the folder's own name, which is the upload's.
        const below = file.webkitRelativePath.split('/').slice(1).join('/') || file.name;
        const place = single
          ? { name }
          : { name: below, folder: name, ...(group === undefined ? {} : { group }) };
        const before = sent;
        group = await send(file, place, done => onSent(bytes === 0 ? 1 : (before + done) / bytes));
        sent += file.size;
      }
      if (group === undefined) throw noFile(name);
      return `upload:${group}`;
    },
    async exportRun(id) {
      const answer = await fetch(`/download/${id}`);
      if (!answer.ok) throw fromWire(((await answer.json()) as { error: WireError }).error);
      return download(await answer.blob(), `${id}.zip`);
    },
  };
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

/** Sends one file to the server and returns the id of its upload. XMLHttpRequest, because fetch reports no progress. */
function send(file: File, query: Record<string, string>, onSent: (bytes: number) => void): Promise<string> {
  const request = new XMLHttpRequest();
  request.open('POST', `/upload?${new URLSearchParams(query).toString()}`);
  request.responseType = 'json';
  request.upload.onprogress = ({ loaded }) => onSent(loaded);
  return new Promise((resolve, reject) => {
    request.onload = () => {
      const { id, error } = (request.response ?? {}) as { id?: string; error?: WireError };
      if (id !== undefined) resolve(id);
      else reject(error ? fromWire(error) : engineLost(`the server answered ${request.status}`));
    };
    request.onerror = () => reject(engineLost(ENDED));
    request.send(file);
  });
}

const ENDED = 'F910 Studio was ended; start it again';
