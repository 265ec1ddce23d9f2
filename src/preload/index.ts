/** Runs sandboxed beside the page: hands it the bridge and passes the engine's port on. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import {
  BRIDGE,
  CHANNEL,
  ENGINE_PORT,
  type DesktopBridge,
  type DesktopCommand,
  type OpenedFile,
} from '../shared/desktop.ts';

const bridge: DesktopBridge = {
  chooseSaveFolder: () => ipcRenderer.invoke(CHANNEL.chooseSaveFolder),
  saveFile: (name, bytes) => ipcRenderer.invoke(CHANNEL.saveFile, name, bytes),
  notify: (title, body) => ipcRenderer.invoke(CHANNEL.notify, title, body),
  setTheme: theme => ipcRenderer.invoke(CHANNEL.setTheme, theme),
  showState: state => ipcRenderer.invoke(CHANNEL.showState, state),
  rememberFile: path => ipcRenderer.invoke(CHANNEL.rememberFile, path),
  editText: what => ipcRenderer.invoke(CHANNEL.editText, what),
  pathOf: file => webUtils.getPathForFile(file),
  connect: () => ipcRenderer.invoke(CHANNEL.connect),
  restartEngine: () => ipcRenderer.invoke(CHANNEL.restartEngine),
  onEngineLost: listener => {
    ipcRenderer.on(CHANNEL.engineLost, (_event, reason: string) => listener(reason));
  },
  onCommand: listener => {
    ipcRenderer.on(CHANNEL.command, (_event, command: DesktopCommand) => listener(command));
  },
  onOpenFiles: listener => {
    ipcRenderer.on(CHANNEL.openFiles, (_event, files: OpenedFile[]) => listener(files));
    void ipcRenderer.invoke(CHANNEL.listening);
  },
};
contextBridge.exposeInMainWorld(BRIDGE, bridge);

// The context bridge cannot carry a port; a window message can.
ipcRenderer.on(CHANNEL.enginePort, event => {
  window.postMessage(ENGINE_PORT, window.location.origin, event.ports);
});
