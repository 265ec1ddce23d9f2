/** Answers to what the page may ask of the window's process. */
import { BrowserWindow, dialog } from 'electron';
import { CHANNEL } from '../../shared/desktop.ts';
import type { DesktopEngine } from './engine-host.ts';
import { handleOwn } from './security.ts';

export function answerHostCalls(engine: DesktopEngine): void {
  handleOwn(CHANNEL.chooseSaveFolder, async event => {
    const window = BrowserWindow.fromWebContents(event.sender);
    if (!window) return null;
    const { canceled, filePaths } = await dialog.showOpenDialog(window, {
      title: 'Choose a folder to write to',
      properties: ['openDirectory', 'createDirectory'],
    });
    return canceled ? null : (filePaths[0] ?? null);
  });
  handleOwn(CHANNEL.connect, event => {
    const window = BrowserWindow.fromWebContents(event.sender);
    return window ? engine.connect(window) : 'its window is gone';
  });
  handleOwn(CHANNEL.restartEngine, () => engine.restart('it was ended because it did not stop'));
}
