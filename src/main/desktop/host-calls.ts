/** Answers to what the page may ask of the window's process. */
import { BrowserWindow, dialog, nativeTheme, type IpcMainInvokeEvent } from 'electron';
import { CHANNEL } from '../../shared/desktop.ts';
import type { ApplicationMenu } from './application-menu.ts';
import type { DesktopEngine } from './engine-host.ts';
import type { Inbox } from './inbox.ts';
import type { KeptFile } from './kept-file.ts';
import { notify } from './notifications.ts';
import {
  editRequest,
  fileRequest,
  notifyRequest,
  saveRequest,
  stateRequest,
  themeRequest,
} from './requests.ts';
import { saveFile } from './save-file.ts';
import { handleOwn, handleOwnWith } from './security.ts';
import type { WindowState } from './window-place.ts';

interface Parts {
  readonly engine: DesktopEngine;
  readonly menu: ApplicationMenu;
  readonly inbox: Inbox;
  readonly kept: KeptFile<WindowState>;
}

export function answerHostCalls({ engine, menu, inbox, kept }: Parts): void {
  handleOwn(CHANNEL.chooseSaveFolder, async event => {
    const { canceled, filePaths } = await dialog.showOpenDialog(windowOf(event), {
      title: 'Choose a folder to write to',
      properties: ['openDirectory', 'createDirectory'],
    });
    return canceled ? null : (filePaths[0] ?? null);
  });
  handleOwnWith(CHANNEL.saveFile, saveRequest, (event, name, bytes) =>
    saveFile(windowOf(event), name, bytes),
  );
  handleOwnWith(CHANNEL.notify, notifyRequest, (event, title, body) => notify(windowOf(event), title, body));
  handleOwnWith(CHANNEL.setTheme, themeRequest, (_event, theme) => {
    nativeTheme.themeSource = theme;
    if (kept.value.theme !== theme) kept.keep({ ...kept.value, theme });
    menu.showTheme(theme);
  });
  handleOwnWith(CHANNEL.showState, stateRequest, (event, state) => menu.show(state, windowOf(event)));
  handleOwnWith(CHANNEL.rememberFile, fileRequest, (_event, path) => menu.remember([path]));
  handleOwnWith(CHANNEL.editText, editRequest, ({ sender }, what) =>
    what === 'undo' ? sender.undo() : sender.redo(),
  );
  handleOwn(CHANNEL.listening, ({ sender }) => inbox.open(files => sender.send(CHANNEL.openFiles, files)));
  handleOwn(CHANNEL.connect, event => engine.connect(windowOf(event)));
  handleOwn(CHANNEL.restartEngine, () => engine.restart('it was ended because it did not stop'));
}

function windowOf({ sender }: IpcMainInvokeEvent): BrowserWindow {
  const window = BrowserWindow.fromWebContents(sender);
  if (!window) throw new Error('The window that asked is gone.');
  return window;
}
