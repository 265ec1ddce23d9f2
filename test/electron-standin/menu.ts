/** `Menu` and `MenuItem`: a tree whose items can be clicked by a test. */
import { app } from './app.ts';
import { record, Strict } from './strict.ts';
import type { BrowserWindow } from './window.ts';

interface Template {
  readonly label?: string;
  readonly role?: string;
  readonly type?: string;
  readonly submenu?: Template[];
  readonly click?: (item: MenuItem, window: BrowserWindow | undefined, event: unknown) => void;
}

const roles: Record<string, (window?: BrowserWindow) => void> = {
  quit: () => app.quit(),
  close: window => window?.close(),
};

export class MenuItem extends Strict {
  readonly role: string | undefined;
  readonly type: string;
  readonly label: string;
  readonly submenu: Menu | null;
  readonly enabled = true;
  readonly visible = true;
  readonly click: (event: unknown, window?: BrowserWindow) => void;
  constructor({ label, role, type, submenu, click }: Template) {
    super();
    if (label === undefined && role === undefined && type === undefined)
      throw new Error('Invalid template for MenuItem: must have label, role or type');
    this.role = role;
    this.label = label ?? role ?? '';
    this.type = type ?? (submenu ? 'submenu' : 'normal');
    this.submenu = submenu ? Menu.buildFromTemplate(submenu) : null;
    this.click = (event, window) => {
      if (role !== undefined) (roles[role.toLowerCase()] ?? record(`menu role ${role}`))(window);
      else click?.(this, window, event);
    };
  }
}

export class Menu extends Strict {
  static #application: Menu | null = null;
  static setApplicationMenu = (menu: Menu | null): void => void (Menu.#application = menu);
  static getApplicationMenu = (): Menu | null => Menu.#application;
  static buildFromTemplate(template: readonly Template[]): Menu {
    const menu = new Menu();
    menu.items.push(...template.map(item => new MenuItem(item)));
    return menu;
  }
  readonly items: MenuItem[] = [];
}
