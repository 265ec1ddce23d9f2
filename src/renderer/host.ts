/**
 * Where the page runs: in the desktop window or in a browser over the loopback server. Both give a connection to the
 * engine, hand over what the user chose, and bring an export out; the rest of the interface knows no difference.
 */
import type { F910Contract } from '../shared/contract.ts';
import { BRIDGE, ENGINE_PORT, type DesktopBridge } from '../shared/desktop.ts';
import { AppError, fromWire, type WireError } from '../shared/errors.ts';
import { createClient } from '../shared/rpc/client.ts';
import type { Transport } from '../shared/rpc/frames.ts';
import { withCancelGrace } from '../shared/rpc/grace.ts';
import { portTransport, socketTransport } from '../shared/rpc/transports.ts';

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
  onCommand(listener: (command: string) => void): void;
}

export function pickHost(): Host {
  const bridge = (window as { [BRIDGE]?: DesktopBridge })[BRIDGE];
  return bridge ? desktopHost(bridge) : browserHost();
}

/** The reason of a loss travels apart from the closing of the port; it is waited for this long. */
const REASON_MS = 500;

function desktopHost(bridge: DesktopBridge): Host {
  const losses = new Set<(reason: string) => void>();
  bridge.onEngineLost(reason => {
    for (const lose of [...losses]) lose(reason);
  });
  const restartEngine = (): Promise<void> => bridge.restartEngine();

  const connect = async (): Promise<Transport> => {
    const port = nextEnginePort();
    const absence = await bridge.connect();
    if (absence !== null) throw engineLost(absence);
    const transport = withReason(portTransport(await port), losses);
    return withCancelGrace(transport, () => void restartEngine());
  };

  return {
    kind: 'desktop',
    connect,
    restartEngine,
    saveFile: download,
    notify: showNotification,
    setTheme: () => {},
    onCommand: () => {},
    async hand(files, name) {
      const paths = files.map(file => bridge.pathOf(file));
      if (paths.length === 0 || paths.includes('')) throw noFile(name);
      const [only] = paths;
      return paths.length === 1 && only!.endsWith(name) ? only! : commonFolder(paths);
    },
    async exportRun(id) {
      const folder = await bridge.chooseSaveFolder();
      if (folder === null) return null;
      const client = createClient<F910Contract>(await connect());
      try {
        const separator = folder.includes('\\') ? '\\' : '/';
        const { out } = await client.call('run.export', { id, out: `${folder}${separator}${id}` });
        return `Written to ${out}.`;
      } finally {
        client.close();
      }
    },
  };
}

/** The deepest folder that holds all the paths. */
function commonFolder(paths: readonly string[]): string {
  const folders = paths.map(path => path.split(/(?<=[/\\])/).slice(0, -1));
  const first = folders[0] ?? [];
  const depth = first.findIndex((part, k) => folders.some(folder => folder[k] !== part));
  return first.slice(0, depth < 0 ? first.length : depth).join('');
}

function nextEnginePort(): Promise<MessagePort> {
  return new Promise(resolve => {
    const receive = ({ data, source, ports: [port] }: MessageEvent): void => {
      if (data !== ENGINE_PORT || source !== window || !port) return;
      window.removeEventListener('message', receive);
      resolve(port);
    };
    window.addEventListener('message', receive);
  });
}

/** The same transport, closed with the reason that the window's process gives. */
function withReason(transport: Transport, losses: Set<(reason: string) => void>): Transport {
  return {
    ...transport,
    onClose(listener) {
      const lose = (reason: string): void => {
        if (losses.delete(lose)) listener(reason);
      };
      losses.add(lose);
      transport.onClose(reason => setTimeout(() => lose(reason), REASON_MS));
    },
  };
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

function engineLost(reason: string): AppError<'ENGINE_LOST'> {
  return new AppError('ENGINE_LOST', `The engine stopped: ${reason}.`, { reason });
}

function noFile(name: string): AppError<'BAD_FILE'> {
  const cause = 'holds no file that can be read';
  return new AppError('BAD_FILE', `${name} ${cause}.`, { file: name, cause });
}
