/** `webContents`: one page of Chromium over the DevTools protocol, with the preload in an isolated world of it. */
import { readFileSync } from 'node:fs';
import { chromium } from './app.ts';
import { ipcMain, mainPort } from './ipc.ts';
import { codec, contextBridgeHalf, preloadWorld } from './page.js';
import { deserialize, hub, neuter, serialize, type MessagePortMain, type Place } from './ports.ts';
import { applyPermissions, nativeTheme, themed } from './desktop-parts.ts';
import { askFilter, fromPage, permissions, schemes, session, toPage } from './session.ts';
import { strict, Strict } from './strict.ts';
import type { BrowserWindow } from './window.ts';

export interface WebPreferences {
  readonly preload?: string;
  readonly [flag: string]: unknown;
}
/** What the page's side of the bridge sends. */
type FromPreload =
  | { t: 'invoke'; id: number; ch: string; args: unknown[] }
  | { t: 'send'; ch: string; args: unknown[] }
  | { t: 'close'; id: string }
  | { t: 'port'; id: string; data: unknown; ports: string[] }
  | { t: 'post'; ch: string; args: unknown[]; ports: string[] };

const { encode, decode } = codec();
const WORLD = 'Electron Isolated Context';
const BINDING = '__standinBinding';
/** Chromium takes a large message far faster in parts, and over 100 MB at once it exits. */
const PART = 256 * 1024;

export const contents = new Map<number, WebContents>();
const bare = (url: string): string => url.split('#')[0]!;
let lastId = 0;

export class WebContents extends Strict implements Place {
  readonly id = ++lastId;
  readonly session = session.defaultSession;
  readonly win: BrowserWindow;
  readonly opened: Promise<void>;
  url = '';
  title = '';
  targetId = '';
  frameId = '';
  sessionId = '';
  ownNavigation = '';
  readonly files: Record<string, string> = {};
  /** The preload's execution context. */
  world: number | undefined;
  openHandler: ((details: { url: string }) => { action: string }) | undefined;

  constructor(win: BrowserWindow, preferences: WebPreferences) {
    super();
    this.win = win;
    contents.set(this.id, this);
    this.opened = this.open(preferences);
  }

  call(method: string, params: object = {}): Promise<any> {
    return chromium.cdp!.send(method, params, this.sessionId);
  }

  async open({ preload }: WebPreferences): Promise<void> {
    const cdp = chromium.cdp!;
    ({ targetId: this.targetId } = await cdp.send('Target.createTarget', {
      url: 'about:blank',
      newWindow: true,
    }));
    const { targetId } = this;
    ({ sessionId: this.sessionId } = await cdp.send('Target.attachToTarget', { targetId, flatten: true }));
    cdp.on(this.sessionId, (method: string, params: any) => this.onCdp(method, params));
    const { platform, arch, versions, execPath } = process;
    const env = {
      type: 'renderer',
      sandboxed: true,
      contextIsolated: true,
      platform,
      arch,
      versions,
      env: {},
    };
    const config = {
      event: `standin${Math.random().toString(36).slice(2)}`,
      binding: BINDING,
      env: { ...env, argv: [execPath] },
      files: JSON.parse(process.env['ELECTRON_STANDIN_FILES'] ?? '{}') as Record<string, string>,
    };
    const top = (code: string): string =>
      `if (window === top && location.href !== "about:blank") { ${code} }`;
    const script = preload === undefined ? '' : readFileSync(preload, 'utf8');
    const bundle = `function (require, module, exports, process) { ${script}\n }`;
    const world = String(preloadWorld);
    const half = String(contextBridgeHalf);
    const inner = `(${world})(${JSON.stringify(config)}, (${String(codec)})(), ${half}, ${bundle})`;
    const outer = `(${half})("${config.event}", "<")`;
    const { width, height } = this.win.bounds;
    await Promise.all([
      this.call('Page.enable'),
      this.call('Runtime.enable'),
      this.call('Inspector.enable'),
      this.call('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
      this.call('Runtime.addBinding', { name: BINDING, executionContextName: WORLD }),
      this.call('Page.addScriptToEvaluateOnNewDocument', { source: top(outer) }),
      this.call('Page.addScriptToEvaluateOnNewDocument', { source: top(inner), worldName: WORLD }),
      this.call('Page.getFrameTree').then(({ frameTree }) => (this.frameId = frameTree.frame.id)),
      this.call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false }),
      this.follow(nativeTheme.scheme),
    ]);
    const follow = (scheme: string): void => void this.follow(scheme).catch(() => {});
    themed.add(follow);
    this.once('destroyed', () => themed.delete(follow));
  }

  follow(scheme: string): Promise<void> {
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    return this.call('Emulation.setEmulatedMedia', { features });
  }

  onCdp(method: string, p: any): void {
    switch (method) {
      case 'Runtime.bindingCalled':
        return this.onMessage(decode(p.payload) as FromPreload);
      case 'Runtime.executionContextCreated':
        if (p.context.name === WORLD && p.context.auxData.frameId === this.frameId) this.enter(p.context.id);
        return;
      case 'Runtime.executionContextsCleared':
        return this.enter(undefined);
      case 'Fetch.requestPaused':
        return void this.onRequest(p);
      case 'Page.frameNavigated':
        if (p.frame.parentId) return;
        this.url = fromPage(p.frame.url + (p.frame.urlFragment ?? ''));
        return void this.emit('did-navigate', {}, this.url);
      case 'Page.loadEventFired':
        if (this.url === 'about:blank') return;
        this.emit('did-finish-load', {});
        if (!this.win.painted) this.win.emit('ready-to-show', {});
        this.win.painted = true;
        return;
      case 'Page.windowOpen':
        if (this.openHandler?.({ url: fromPage(p.url) }).action !== 'deny')
          throw new Error('electron stand-in: window.open is imitated only where it is denied');
        return;
      case 'Inspector.targetCrashed':
        this.enter(undefined);
        this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 139 });
    }
  }

  /** The document, and with it the preload, was replaced. */
  enter(world: number | undefined): void {
    hub.leave(this);
    this.world = world;
    if (world !== undefined) this.knowFiles({});
  }

  /** For a test: paths of files that are about to be chosen, by name, or by path from the chosen folder on. */
  knowFiles(files: Readonly<Record<string, string>>): void {
    Object.assign(this.files, files);
    this.post({ t: 'files', files: this.files });
  }

  async onRequest({ requestId, request, resourceType, frameId }: any): Promise<void> {
    const url = fromPage(request.url);
    const fail = (errorReason: string): Promise<void> =>
      this.call('Fetch.failRequest', { requestId, errorReason }).catch(() => {});
    // A reload by the window or by a test cannot be told from one by the page; none leaves the page.
    const stays = [this.ownNavigation, this.url].map(bare).includes(bare(url));
    const leaves = resourceType === 'Document' && frameId === this.frameId && !stays;
    try {
      // Chromium asks for one, Electron does not.
      if (url.endsWith('/favicon.ico')) return await fail('Aborted');
      if (leaves && !this.ask('will-navigate', url)) return await fail('Aborted');
      const details = { url, method: request.method, resourceType, webContentsId: this.id };
      if ((await askFilter(details)).cancel === true) return await fail('BlockedByClient');
      const handler = schemes.get(new URL(url).protocol.slice(0, -1));
      if (!handler) return await this.call('Fetch.continueRequest', { requestId });
      const { method, headers, postData: body } = request;
      const response = await handler(new Request(url, { method, headers, body }));
      await this.call('Fetch.fulfillRequest', {
        requestId,
        responseCode: response.status,
        responseHeaders: [...response.headers].map(([name, value]) => ({ name, value })),
        body: Buffer.from(await response.arrayBuffer()).toString('base64'),
      });
    } catch (error) {
      if (this.win.destroyed) return;
      process.stderr.write(`electron stand-in: ${url}: ${String(error)}\n`);
      await fail('Failed');
    }
  }

  onMessage(m: FromPreload): void {
    const senderFrame = strict('senderFrame', { url: this.url });
    const event = { type: 'frame', sender: this, senderFrame, ports: [] as MessagePortMain[] };
    if (m.t === 'invoke') void this.onInvoke(event, m);
    else if (m.t === 'send') ipcMain.emit(m.ch, event, ...m.args);
    else if (m.t === 'close') hub.close(m.id);
    else {
      // Each DOM port that the page sent is bridged.
      const fresh = m.ports.map(id => hub.pair(id)[1]);
      for (const id of m.ports) hub.adopt(id, this);
      if (m.t === 'port') hub.send(m.id, serialize(m.data), fresh);
      else ipcMain.emit(m.ch, { ...event, ports: fresh.map(mainPort) }, ...m.args);
    }
  }

  async onInvoke(
    event: object,
    { id, ch, args }: { id: number; ch: string; args: unknown[] },
  ): Promise<void> {
    try {
      const handler = ipcMain.handlers.get(ch);
      if (!handler) throw new Error(`No handler registered for '${ch}'`);
      this.post({ t: 'reply', id, value: deserialize(serialize(await handler(event, ...args))) });
    } catch (error) {
      this.post({ t: 'reply', id, error: String(error) });
    }
  }

  /** To the preload's world; lost, as in Electron, while there is none. */
  post(message: object): void {
    const executionContextId = this.world;
    if (executionContextId === undefined) return;
    const text = encode(message);
    for (let at = 0, end: number; at < text.length; at = end) {
      end = Math.min(at + PART, text.length);
      // Half a surrogate pair would not arrive.
      if (/[\ud800-\udbff]/.test(text[end - 1]!)) end--;
      const parts = [{ value: text.slice(at, end) }, { value: end === text.length }];
      const receive = '(...a) => __standinReceive(...a)';
      const call = { functionDeclaration: receive, arguments: parts, executionContextId };
      this.call('Runtime.callFunctionOn', call).catch(() => {});
    }
  }
  deliver(id: string, data: Uint8Array, ports: string[]): void {
    this.post({ t: 'port', id, data: deserialize(data), ports });
  }
  shut(id: string): void {
    this.post({ t: 'close', id });
  }
  send(ch: string, ...args: unknown[]): void {
    this.post({ t: 'event', ch, args: deserialize(serialize(args)), ports: [] });
  }
  postMessage(ch: string, message: unknown, transfer: MessagePortMain[] = []): void {
    const args = deserialize(serialize([message]));
    const ports = transfer.map(neuter);
    this.post({ t: 'event', ch, args, ports });
    for (const id of ports) hub.adopt(id, this);
  }

  async loadURL(url: string): Promise<void> {
    await this.opened;
    const loaded = new Promise(resolve => this.once('did-finish-load', resolve));
    this.ownNavigation = url;
    const [own, shown] = [url, toPage(url)].map(address => /^\w+:\/\/[^/]+/.exec(address)?.[0] ?? '');
    if (own !== shown) await applyPermissions(permissions.check, own!, shown!);
    const { errorText } = await this.call('Page.navigate', { url: toPage(url) });
    if (errorText) throw new Error(`${errorText} loading '${url}'`);
    await loaded;
    this.ownNavigation = '';
  }
  reload(): void {
    this.ownNavigation = this.url;
    void this.call('Page.reload');
  }
  async executeJavaScript(expression: string): Promise<unknown> {
    const params = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.call('Runtime.evaluate', params);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }
  undo = (): void => void this.executeJavaScript('document.execCommand("undo")');
  redo = (): void => void this.executeJavaScript('document.execCommand("redo")');
  getURL = (): string => this.url;
  isDestroyed = (): boolean => this.win.destroyed;
  forcefullyCrashRenderer = (): void => void this.call('Page.crash').catch(() => {});
  setWindowOpenHandler = (handler: WebContents['openHandler']): void => void (this.openHandler = handler);
}
