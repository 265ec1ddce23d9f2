/** `Menu` and `MenuItem`: a tree whose items can be clicked by a test. */
import { app } from './app.ts';
import { record, Strict } from './strict.ts';
import type { BrowserWindow } from './window.ts';

interface Template {
  readonly label?: string;
  readonly role?: string;
  readonly type?: string;
  readonly accelerator?: string;
  readonly registerAccelerator?: boolean;
  readonly toolTip?: string;
  readonly enabled?: boolean;
  readonly checked?: boolean;
  readonly submenu?: Template[];
  readonly click?: (item: MenuItem, window: BrowserWindow | undefined, event: unknown) => void;
}

const roles: Record<string, (window?: BrowserWindow) => void> = {
  quit: () => app.quit(),
  close: window => window?.close(),
};

const ACCELERATOR = /^(CmdOrCtrl|Shift|Alt)(\+(Shift|Alt))*\+([A-Z0-9]|Enter|Plus|F\d+)$/;

export class MenuItem extends Strict {
  readonly role: string | undefined;
  readonly type: string;
  readonly label: string;
  readonly submenu: Menu | null;
  readonly accelerator: string | undefined;
  readonly registerAccelerator: boolean;
  readonly toolTip: string;
  readonly enabled: boolean;
  readonly checked: boolean;
  readonly visible = true;
  readonly click: (event: unknown, window?: BrowserWindow) => void;
  constructor({ label, role, type, submenu, click, ...more }: Template) {
    super();
    if (more.accelerator !== undefined && !ACCELERATOR.test(more.accelerator))
      throw new Error(`electron stand-in: ${more.accelerator} is no accelerator that it knows`);
    this.accelerator = more.accelerator;
    this.registerAccelerator = more.registerAccelerator ?? true;
    this.toolTip = more.toolTip ?? '';
    this.enabled = more.enabled ?? true;
    this.checked = more.checked ?? false;
    if (label === undefined && role === undefined && type === undefined)
      throw new Error('Invalid template for MenuItem: must have label, role or type');
    this.role = role;
    this.label = label ?? role ?? '';
    this.type = type ?? (submenu ? 'submenu' : 'normal');
    this.submenu = submenu ? Menu.buildFromTemplate(submenu) : null;
    this.click = (event, window) => {
      if (!this.enabled) return;
      if (role !== undefined && submenu === undefined)
        (roles[role.toLowerCase()] ?? record(`menu role ${role}`))(window);
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
