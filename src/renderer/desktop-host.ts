/** The page's way out of the desktop window: the bridge of its preload. */
import type { F910Contract } from '../shared/contract.ts';
import { ENGINE_PORT, type DesktopBridge } from '../shared/desktop.ts';
import { createClient } from '../shared/rpc/client.ts';
import type { Transport } from '../shared/rpc/frames.ts';
import { withCancelGrace } from '../shared/rpc/grace.ts';
import { portTransport } from '../shared/rpc/transports.ts';
import { engineLost, noFile } from './host-errors.ts';
import type { Host } from './host.ts';

/** The reason of a loss travels apart from the closing of the port; it is waited for this long. */
const REASON_MS = 500;

export function desktopHost(bridge: DesktopBridge): Host {
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
    async saveFile(data, name) {
      const outcome = await bridge.saveFile(name, new Uint8Array(await data.arrayBuffer()));
      if (outcome === null) return null;
      if ('failed' in outcome) throw new Error(outcome.failed);
      return `Saved as ${outcome.path}.`;
    },
    notify(title, body) {
      // Who looks at the window sees it there.
      if (!document.hasFocus()) void bridge.notify(title.slice(0, 120), body.slice(0, 500));
    },
    setTheme: choice => void bridge.setTheme(choice),
    onCommand: listener => bridge.onCommand(listener),
    onOpenFiles: listener => bridge.onOpenFiles(listener),
    showState: state => void bridge.showState(state),
    editText: what => void bridge.editText(what),
    async hand(files, name) {
      const paths = files.map(file => bridge.pathOf(file));
      if (paths.length === 0 || paths.includes('')) throw noFile(name);
      const path = pathOfGroup(paths, name);
      void bridge.rememberFile(path);
      return path;
    },
    // The user's own files stay as they are.
    forget: () => Promise.resolve(),
    async exportRun(id, options) {
      const folder = await bridge.chooseSaveFolder();
      if (folder === null) return null;
      const client = createClient<F910Contract>(await connect());
      try {
        const separator = folder.includes('\\') ? '\\' : '/';
        const { out } = await client.call('run.export', { id, out: `${folder}${separator}${id}` }, options);
        return `Written to ${out}.`;
      } finally {
        client.close();
      }
    },
  };
}

/**
 * What stands for the files of one data set: the file, the folder `name`, or, of the parts of a matrix that were chosen
 * one by one, the matrix: beside it the reader finds those that belong to it, whatever else lies in the folder.
 */
export function pathOfGroup(paths: readonly string[], name: string): string {
  const [only] = paths;
  if (paths.length === 1 && only!.endsWith(name)) return only!;
  const folder = commonFolder(paths);
  const matrices = paths.filter(path => /matrix\.mtx(\.gz)?$/i.test(path));
  const isFolder = folder.split(/[/\\]/).at(-2) === name;
  return matrices.length === 1 && !isFolder ? matrices[0]! : folder;
}

/** The deepest folder that holds all the paths, with the separator at its end. */
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
