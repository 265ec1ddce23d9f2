/** The walls of the desktop app: nothing from the network, no other page, no other window, calls from our page alone. */
import { app, ipcMain, session, type IpcMainInvokeEvent, type WebContents } from 'electron';
import type { z } from 'zod';

export const APP_SCHEME = 'app';
export const APP_ORIGIN = `${APP_SCHEME}://f910`;

/** What the page itself may load; everything else would leave the app. */
const OWN = new Set([`${APP_SCHEME}:`, 'blob:', 'data:', 'devtools:']);

/** The one thing of the browser's that has to be asked for: gene lists go to the clipboard as plain text. */
const ALLOWED = 'clipboard-sanitized-write';

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
  defaultSession.setPermissionRequestHandler(
    (_contents, permission, answer, { requestingUrl, isMainFrame }) =>
      answer(permission === ALLOWED && isMainFrame && isOwn(requestingUrl)),
  );
  defaultSession.setPermissionCheckHandler(
    (_contents, permission, origin, { isMainFrame }) =>
      permission === ALLOWED && isMainFrame && isOwn(origin),
  );
  defaultSession.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: !OWN.has(new URL(url).protocol) }),
  );
  app.on('web-contents-created', (_event, contents) => keepInside(contents));
}

/** True for our page's address, and for its origin with or without a slash behind. */
function isOwn(address: string): boolean {
  return address === APP_ORIGIN || address.startsWith(`${APP_ORIGIN}/`);
}

function keepInside(contents: WebContents): void {
  contents.on('will-navigate', event => event.preventDefault());
  contents.on('will-attach-webview', event => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** Answers a call of our own page, without arguments; one from any other frame fails. */
export function handleOwn(channel: string, answer: (event: IpcMainInvokeEvent) => unknown): void {
  ipcMain.handle(channel, event => {
    refuseOthers(channel, event);
    return answer(event);
  });
}

/** The same with arguments, which are parsed first. */
export function handleOwnWith<Request extends readonly unknown[]>(
  channel: string,
  request: z.ZodType<Request>,
  answer: (event: IpcMainInvokeEvent, ...parsed: Request) => unknown,
): void {
  ipcMain.handle(channel, (event, ...given: unknown[]) => {
    refuseOthers(channel, event);
    const parsed = request.safeParse(given);
    if (!parsed.success) throw new Error(`${channel} was called with something that it does not take.`);
    return answer(event, ...parsed.data);
  });
}

function refuseOthers(channel: string, event: IpcMainInvokeEvent): void {
  const url = event.senderFrame?.url ?? '';
  if (!url.startsWith(`${APP_ORIGIN}/`))
    throw new Error(`${channel} was called from ${url || 'a frame that is gone'}.`);
}
