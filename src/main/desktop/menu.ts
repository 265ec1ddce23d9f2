/** The application menu as a template: what it holds, what can be used now. Pure; application-menu.ts shows it. */
import { basename } from 'node:path';
import type { MenuItemConstructorOptions } from 'electron';
import {
  DESKTOP_PLACES,
  THEMES,
  type DesktopCommand,
  type DesktopState,
  type DesktopTheme,
} from '../../shared/desktop.ts';
import type { RecentItems } from './recent.ts';

export interface MenuView {
  readonly platform: NodeJS.Platform;
  readonly appName: string;
  readonly state: DesktopState;
  readonly recent: RecentItems;
  readonly theme: DesktopTheme;
}

export interface MenuActions {
  /** To the page. */
  command(command: DesktopCommand): void;
  chooseFiles(): void;
  chooseFolder(): void;
  openRecentFile(path: string): void;
  clearRecent(): void;
  about(): void;
}

type Item = MenuItemConstructorOptions;
const LINE: Item = { type: 'separator' };

export function menuTemplate(view: MenuView, act: MenuActions): Item[] {
  const mac = view.platform === 'darwin';
  return [
    ...(mac ? [ofTheApp(view, act)] : []),
    { label: 'File', submenu: file(view, act) },
    { label: 'Edit', submenu: edit(view, act) },
    { label: 'View', submenu: look(view, act) },
    { label: 'Run', submenu: run(view, act) },
    ...(mac ? [{ role: 'windowMenu' } as const] : []),
    { role: 'help', label: 'Help', submenu: help(view, act) },
  ];
}

/** The first menu of macOS. */
function ofTheApp({ appName }: MenuView, act: MenuActions): Item {
  return {
    label: appName,
    submenu: [
      { label: `About ${appName}`, click: () => act.about() },
      LINE,
      { role: 'services' },
      LINE,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      LINE,
      { role: 'quit' },
    ],
  };
}

function file({ platform, recent, state }: MenuView, act: MenuActions): Item[] {
  return [
    { label: 'Open files…', accelerator: 'CmdOrCtrl+O', click: () => act.chooseFiles() },
    { label: 'Open folder…', accelerator: 'CmdOrCtrl+Shift+O', click: () => act.chooseFolder() },
    { label: 'Open recent', submenu: opened(recent, act) },
    LINE,
    {
      label: 'Export panel…',
      accelerator: 'CmdOrCtrl+E',
      enabled: state.can.exportPanel,
      click: () => act.command('export-panel'),
    },
    LINE,
    // Closing the window ends the app everywhere; macOS has Quit in its first menu.
    platform === 'darwin' ? { role: 'close' } : { role: 'quit' },
  ];
}

function opened(recent: RecentItems, act: MenuActions): Item[] {
  const datasets = recent.datasets.map(({ id, name }): Item => ({
    label: literally(name),
    click: () => act.command(`dataset:${id}`),
  }));
  const files = recent.files.map((path): Item => ({
    label: literally(basename(path)),
    toolTip: path,
    click: () => act.openRecentFile(path),
  }));
  if (datasets.length + files.length === 0) return [{ label: 'Nothing yet', enabled: false }];
  return [
    ...(datasets.length > 0 ? [{ label: 'Data sets', enabled: false }, ...datasets, LINE] : []),
    ...(files.length > 0 ? [{ label: 'Files', enabled: false }, ...files, LINE] : []),
    { label: 'Clear', click: () => act.clearRecent() },
  ];
}

/** In labels of menus an ampersand marks the letter of a shortcut. */
function literally(name: string): string {
  return name.replaceAll('&', '&&');
}

function edit({ state }: MenuView, act: MenuActions): Item[] {
  // Shown here, but heard by the page, which leaves text fields to the system. Where the system hears shortcuts of the
  // menu first, the page is told by the command and decides in the same way.
  const undo = state.undo === null ? 'Undo' : `Undo the ${state.undo}`;
  const redo = state.redo === null ? 'Redo' : `Redo the ${state.redo}`;
  return [
    {
      label: literally(undo),
      accelerator: 'CmdOrCtrl+Z',
      registerAccelerator: false,
      click: () => act.command('undo'),
    },
    {
      label: literally(redo),
      accelerator: 'CmdOrCtrl+Shift+Z',
      registerAccelerator: false,
      click: () => act.command('redo'),
    },
    LINE,
    { role: 'cut' },
    { role: 'copy' },
    { role: 'paste' },
    { role: 'selectAll' },
  ];
}

function look({ theme }: MenuView, act: MenuActions): Item[] {
  const places = DESKTOP_PLACES.map((place, k): Item => ({
    label: capitalised(place),
    accelerator: `CmdOrCtrl+${k + 1}`,
    click: () => act.command(`go:${place}`),
  }));
  const themes = THEMES.map((name): Item => ({
    label: name === 'system' ? 'As the system' : capitalised(name),
    type: 'radio',
    checked: name === theme,
    click: () => act.command(`theme:${name}`),
  }));
  return [
    ...places,
    LINE,
    { label: 'Theme', submenu: themes },
    LINE,
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    LINE,
    { role: 'togglefullscreen' },
  ];
}

function run({ state: { can } }: MenuView, act: MenuActions): Item[] {
  return [
    {
      label: 'Start',
      accelerator: 'CmdOrCtrl+Enter',
      enabled: can.start,
      click: () => act.command('run-start'),
    },
    { label: 'Pause', enabled: can.pause, click: () => act.command('run-pause') },
    { label: 'Stop', enabled: can.stop, click: () => act.command('run-stop') },
  ];
}

function help({ platform, appName }: MenuView, act: MenuActions): Item[] {
  return [
    { label: 'Getting started', click: () => act.command('help-start') },
    { label: 'Keyboard shortcuts', click: () => act.command('help-shortcuts') },
    ...(platform === 'darwin' ? [] : [LINE, { label: `About ${appName}`, click: () => act.about() }]),
  ];
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
