/** What the app is and what it is made of, in the same words on every system. */
import { app, dialog, type BrowserWindow } from 'electron';
import { appVersion } from '../paths.ts';

export async function showAbout(window: BrowserWindow): Promise<void> {
  const { electron, chrome, node } = process.versions;
  await dialog.showMessageBox(window, {
    type: 'info',
    title: `About ${app.name}`,
    message: `${app.name} ${appVersion()}`,
    detail: [
      'Designs a landmark gene panel from single-cell counts. Everything is computed on this machine.',
      `Electron ${electron}, Chromium ${chrome}, Node ${node}.`,
      'MIT licence.',
    ].join('\n\n'),
    buttons: ['Close'],
  });
}
