/**
 * What would be packaged, laid out around a dummy of Electron: everything that the app needs and nothing else, and the
 * app runs from it, its window's process from the archive and the engine from the files beside it.
 */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { extractFile, listPackage, statFile } from '@electron/asar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forkEngine } from '../../src/main/host/forked-engine.ts';
import { entryFile } from '../../src/main/paths.ts';
import type { F910Contract } from '../../src/shared/contract.ts';
import { createClient, type Client } from '../../src/shared/rpc/client.ts';
import { decode, encode } from '../../src/shared/rpc/codec.ts';
import type { Frame } from '../../src/shared/rpc/frames.ts';
import { launch } from '../electron-standin/launch.ts';
import { withBrowser } from '../support/browser.ts';
import { project } from './checkout.ts';

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
}
const { devDependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as Manifest;
const machine = `${process.platform}-${process.arch}`;

describe('the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'f910-package-'));
  const output = join(folder, 'dist');
  let resources: string;
  let packed: string[];
  let beside: string[];

  beforeAll(async () => {
    const script = join(project, 'scripts', 'package.mjs');
    const child = spawn(process.execPath, [script, '--check', '--output', output], { cwd: project });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => (said += text.toString()));
    const code = await new Promise(resolve => child.once('close', resolve));
    expect(code, said).toBe(0);
    resources = /^In (.+):$/m.exec(said)![1]!;
    const archive = join(resources, 'app.asar');
    packed = listPackage(archive, { isPack: false })
      .map(path => path.slice(1))
      .filter(path => {
        const entry = statFile(archive, path, false);
        return !('files' in entry) && !('unpacked' in entry && entry.unpacked);
      });
    beside = filesBelow(`${archive}.unpacked`);
  });
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));

  it('has the window’s process, its preload and the interface in the archive, and nothing else', () => {
    for (const path of [
      'package.json',
      'out/main/index.js',
      'out/preload/index.cjs',
      'out/renderer/index.html',
    ])
      expect(packed).toContain(path);
    expect(packed.some(path => /^out\/renderer\/assets\/.*\.js$/.test(path))).toBe(true);
    expect(packed.filter(path => path !== 'package.json' && !path.startsWith('out/'))).toEqual([]);
  });

  it('has the engine, its workers, addons and WebAssembly as files beside it', () => {
    const needed = [
      'package.json',
      'out/main/engine.js',
      'out/main/reader-worker.js',
      'out/main/scran-worker.js',
      'out/main/export-worker.js',
      'resources/l1000-landmarks.tsv',
      'resources/genes/human-genes.tsv.gz',
      'resources/fonts/Inter_400Regular.ttf',
      'resources/icons/png/256x256.png',
      `node_modules/better-sqlite3/prebuilds/${machine}.node`,
      'node_modules/scran.js/main/wasm/scran.wasm',
      'node_modules/wasmarrays.js/package.json',
      'node_modules/h5wasm/dist/node/hdf5_util.js',
      'node_modules/@resvg/resvg-wasm/index_bg.wasm',
      'node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
    ];
    expect(needed.filter(path => !beside.includes(path))).toEqual([]);
    const native = (path: string): boolean => /tfjs-node\/lib\/napi-v\d+\/tfjs_binding\.node$/.test(path);
    const inCheckout = filesBelow(join(project, 'node_modules/@tensorflow/tfjs-node/lib')).length > 0;
    expect(beside.some(native)).toBe(inCheckout);
    expect(beside.some(path => path.includes('tfjs-node/deps/lib/'))).toBe(inCheckout);
  });

  it('brings no tests, sources, tools or binaries of other machines', () => {
    const all = [...packed, ...beside];
    const wrong = all.filter(
      path =>
        /^(src|test|scripts|docs|bench|\.ci|\.github)\//.test(path) ||
        /\.(map|d\.ts|svelte|tsbuildinfo)$/.test(path) ||
        /^out\/main\/(cli|server)\.js$/.test(path) ||
        /^node_modules\/(.*\/)?(test|tests|__tests__)\//.test(path) ||
        /^node_modules\/(node-(linux|darwin|win|bin)-|better-sqlite3\/(src|deps)\/|bare-)/.test(path) ||
        Object.keys(devDependencies).some(name => path.startsWith(`node_modules/${name}/`)),
    );
    expect(wrong).toEqual([]);
    const binaries = beside.filter(path => path.endsWith('.node') && path.includes('prebuilds'));
    expect(binaries).toEqual([`node_modules/better-sqlite3/prebuilds/${machine}.node`]);
  });

  it('stays small but for TensorFlow', () => {
    const size = (paths: readonly string[], root: string): number =>
      paths.reduce((sum, path) => sum + statSync(join(root, path)).size, 0);
    const own = beside.filter(path => !path.includes('tfjs-node/deps/'));
    expect(size(own, join(resources, 'app.asar.unpacked'))).toBeLessThan(60e6);
    expect(statSync(join(resources, 'app.asar')).size).toBeLessThan(10e6);
  });

  it('finds the engine beside the archive', () => {
    const { index } = openedArchive();
    expect(relative(folder, entryFile('engine', index))).toBe(
      join('opened', 'app.asar.unpacked', 'out', 'main', 'engine.js'),
    );
  });

  it('runs the recipe from nothing but what is in it', async () => {
    const workspace = join(folder, 'workspace');
    const entry = join(resources, 'app.asar.unpacked', 'out', 'main', 'engine.js');
    const { client, end } = await clientOf(entry, workspace);
    try {
      const { id: datasetId } = await client.call('data.example', {});
      const { id } = await client.call('run.start', { datasetId, preset: 'quick', params: {} });
      expect((await client.call('run.watch', { id })).status).toBe('done');
      const { out } = await client.call('run.export', { id, out: join(folder, 'export') });
      const written = filesBelow(out);
      expect(written).toEqual(expect.arrayContaining(['report.html', 'panel.xlsx', 'metrics.json']));
      expect(written.some(path => /^figures\/.*\.png$/.test(path))).toBe(true);
    } finally {
      await end();
    }
  }, 240_000);

  withBrowser('in its window', () => {
    it('opens from the archive and reaches the engine beside it', async () => {
      const { index } = openedArchive();
      const workspace = join(folder, 'window-workspace');
      const app = await launch({ args: [fileURLToPath(index), `--workspace=${workspace}`] });
      try {
        const page = await app.firstWindow();
        await page
          .getByText(/^TensorFlow|^WebAssembly/)
          .first()
          .waitFor({ timeout: 60_000 });
        expect(existsSync(join(workspace, 'f910.sqlite'))).toBe(true);
      } finally {
        await app.close();
      }
    });
  });

  /** The archive as a folder of the same name, because Node cannot read archives, beside the files of the package. */
  function openedArchive(): { readonly index: string } {
    const opened = join(folder, 'opened', 'app.asar');
    if (!existsSync(opened)) {
      for (const path of packed) {
        mkdirSync(dirname(join(opened, path)), { recursive: true });
        writeFileSync(join(opened, path), extractFile(join(resources, 'app.asar'), path));
      }
      symlinkSync(join(resources, 'app.asar.unpacked'), `${opened}.unpacked`, 'junction');
    }
    return { index: pathToFileURL(join(opened, 'out', 'main', 'index.js')).href };
  }
});

/** Files and links below a folder, with / between folders. */
function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

/** The engine of a package in a process of its own, with one client. */
async function clientOf(
  entry: string,
  workspace: string,
): Promise<{ client: Client<F910Contract>; end: () => Promise<void> }> {
  mkdirSync(workspace, { recursive: true });
  const engine = forkEngine(entry, workspace);
  const ended = new Promise<void>(resolve => engine.onExit(() => resolve()));
  let hear: (frame: Frame) => void = () => {};
  engine.onMessage(message => {
    if (message.t === 'bytes') hear(decode(message.bytes));
  });
  engine.post({ t: 'open', client: 1 });
  const client = createClient<F910Contract>({
    send: frame => engine.post({ t: 'bytes', client: 1, bytes: encode(frame) }),
    onFrame: listener => void (hear = listener),
    onClose: listener => void ended.then(() => listener('the engine ended')),
    close: () => {},
  });
  const end = async (): Promise<void> => {
    engine.post({ t: 'stop' });
    await ended;
  };
  return { client, end };
}
