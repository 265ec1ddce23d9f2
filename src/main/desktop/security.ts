/** The walls of the desktop app: nothing from the network, no other page, no other window, calls from our page alone. */
import { app, ipcMain, session, type IpcMainInvokeEvent, type WebContents } from 'electron';

export const APP_SCHEME = 'app';
export const APP_ORIGIN = `${APP_SCHEME}://f910`;

/** What the page itself may load; everything else would leave the app. */
const OWN = new Set([`${APP_SCHEME}:`, 'blob:', 'data:', 'devtools:']);

/** Before the app is ready: Chromium's own services stay silent, and no name is ever looked up. */
export function silenceChromium(): void {
  for (const name of [
    'disable-background-networking',
    'disable-component-update',
    'disable-domain-reliability',
  ]) {
    app.commandLine.appendSwitch(name);
  }
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
}

/** Once the app is ready, before the first window. */
export function raiseWalls(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  defaultSession.setPermissionCheckHandler(() => false);
  defaultSession.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: !OWN.has(new URL(url).protocol) }),
  );
  app.on('web-contents-created', (_event, contents) => keepInside(contents));
}

function keepInside(contents: WebContents): void {
  contents.on('will-navigate', event => event.preventDefault());
  contents.on('will-attach-webview', event => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** Answers a call of our own page; one from any other frame fails. */
export function handleOwn(channel: string, answer: (event: IpcMainInvokeEvent) => unknown): void {
  ipcMain.handle(channel, event => {
    const url = event.senderFrame?.url ?? '';
    if (!url.startsWith(`${APP_ORIGIN}/`))
      throw new Error(`${channel} was called from ${url || 'a frame that is gone'}.`);
    return answer(event);
  });
}
