/** Runs sandboxed beside the page: hands it the bridge and passes the engine's port on. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { BRIDGE, CHANNEL, ENGINE_PORT, type DesktopBridge } from '../shared/desktop.ts';

const bridge: DesktopBridge = {
  chooseSaveFolder: () => ipcRenderer.invoke(CHANNEL.chooseSaveFolder),
  pathOf: file => webUtils.getPathForFile(file),
  connect: () => ipcRenderer.invoke(CHANNEL.connect),
  restartEngine: () => ipcRenderer.invoke(CHANNEL.restartEngine),
  onEngineLost: listener => {
    ipcRenderer.on(CHANNEL.engineLost, (_event, reason: string) => listener(reason));
  },
};
contextBridge.exposeInMainWorld(BRIDGE, bridge);

// The context bridge cannot carry a port; a window message can.
ipcRenderer.on(CHANNEL.enginePort, event => {
  window.postMessage(ENGINE_PORT, window.location.origin, event.ports);
});
