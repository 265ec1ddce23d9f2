/** The menu on each system: what it holds, what can be used, what it asks for. */
import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { menuTemplate, type MenuActions, type MenuView } from '../../../src/main/desktop/menu.ts';
import { NOTHING_RECENT } from '../../../src/main/desktop/recent.ts';

type Item = MenuItemConstructorOptions;
const asked: string[] = [];
const act: MenuActions = {
  command: command => asked.push(command),
  chooseFiles: () => asked.push('chooseFiles'),
  chooseFolder: () => asked.push('chooseFolder'),
  openRecentFile: path => asked.push(`open ${path}`),
  clearRecent: () => asked.push('clearRecent'),
  about: () => asked.push('about'),
};
const view: MenuView = {
  platform: 'linux',
  appName: 'F910 Studio',
  state: {
    undo: 'smallest library size',
    redo: null,
    dataset: null,
    datasets: null,
    running: null,
    can: { start: true, pause: false, stop: false, exportPanel: false },
  },
  recent: NOTHING_RECENT,
  theme: 'dark',
};

const of = (items: Item['submenu'] | Item[], label: string): Item => {
  const found = (items as Item[]).find(item => item.label === label);
  if (!found) throw new Error(`There is no ${label}.`);
  return found;
};
const inside = (template: Item[], ...path: string[]): Item[] =>
  path.reduce<Item[]>((items, label) => of(items, label).submenu as Item[], template);
const click = (item: Item): void => (item.click as () => void)();
const all = (items: Item[]): Item[] =>
  items.flatMap(item => [item, ...all((item.submenu as Item[] | undefined) ?? [])]);

describe('the menu', () => {
  it.each(['linux', 'win32', 'darwin'] as const)('is whole on %s', platform => {
    const template = menuTemplate({ ...view, platform }, act);
    const mac = platform === 'darwin';
    expect(template.map(item => item.label ?? item.role)).toEqual([
      ...(mac ? ['F910 Studio'] : []),
      ...['File', 'Edit', 'View', 'Run'],
      ...(mac ? ['windowMenu'] : []),
      'Help',
    ]);
    const items = all(template);
    const roles = items.map(item => item.role).filter(role => role !== undefined);
    expect(roles).toEqual(
      expect.arrayContaining(['cut', 'copy', 'paste', 'selectAll', 'togglefullscreen', 'quit']),
    );
    const shortcuts = items.flatMap(item => item.accelerator ?? []);
    expect(new Set(shortcuts).size).toBe(shortcuts.length);
    // Whatever has no role and no submenu does something, or only says something.
    const idle = items.filter(
      i => !i.role && !i.submenu && i.type !== 'separator' && !i.click && i.enabled !== false,
    );
    expect(idle).toEqual([]);
    expect(items.filter(item => item.label === 'About F910 Studio')).toHaveLength(1);
  });

  it('leads to the nine places, and to themes of which one is chosen', () => {
    const look = inside(menuTemplate(view, act), 'View');
    const places = look.slice(0, 9);
    expect(places.map(item => item.accelerator)).toEqual(
      Array.from({ length: 9 }, (_, k) => `CmdOrCtrl+${k + 1}`),
    );
    places.forEach(click);
    expect(asked.splice(0)).toEqual(
      ['data', 'quality', 'explore', 'train', 'panel', 'genes', 'compare', 'history', 'settings'].map(
        place => `go:${place}`,
      ),
    );
    const themes = inside(look, 'Theme');
    expect(themes.map(({ label, checked }) => [label, checked])).toEqual([
      ['As the system', false],
      ['Light', false],
      ['Dark', true],
    ]);
    click(themes[1]!);
    expect(asked.splice(0)).toEqual(['theme:light']);
  });

  it('names what would be undone, and leaves the keys to the page', () => {
    const edit = inside(menuTemplate(view, act), 'Edit');
    const undo = of(edit, 'Undo the smallest library size');
    expect([undo.registerAccelerator, of(edit, 'Redo').registerAccelerator]).toEqual([false, false]);
    click(undo);
    expect(asked.splice(0)).toEqual(['undo']);
  });

  it('offers what can be done', () => {
    const usable = (template: Item[]): (boolean | undefined)[] => [
      of(inside(template, 'File'), 'Export panel…').enabled,
      ...['Start', 'Pause', 'Stop'].map(label => of(inside(template, 'Run'), label).enabled),
    ];
    expect(usable(menuTemplate(view, act))).toEqual([false, true, false, false]);
    const going = { start: false, pause: true, stop: true, exportPanel: true };
    expect(usable(menuTemplate({ ...view, state: { ...view.state, can: going } }, act))).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('lists recent data sets and files, by their names', () => {
    expect(inside(menuTemplate(view, act), 'File', 'Open recent')).toEqual([
      { label: 'Nothing yet', enabled: false },
    ]);
    const recent = { datasets: [{ id: 'data-1', name: 'T & B cells' }], files: ['/data/a.h5ad'] };
    const list = inside(menuTemplate({ ...view, recent }, act), 'File', 'Open recent');
    click(of(list, 'T && B cells'));
    click(of(list, 'a.h5ad'));
    expect(of(list, 'a.h5ad').toolTip).toBe('/data/a.h5ad');
    click(of(list, 'Clear'));
    expect(asked.splice(0)).toEqual(['dataset:data-1', 'open /data/a.h5ad', 'clearRecent']);
  });
});
