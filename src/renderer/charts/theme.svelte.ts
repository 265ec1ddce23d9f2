/** Light or dark, as the user chose or the system says, followed while the app is open. */
import { DARK, LIGHT, type ChartTheme } from '../../shared/charts/theme.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';

class Theme {
  current = $state.raw<ChartTheme>(LIGHT);
  #choice: ThemeChoice = 'system';
  readonly #query = matchMedia('(prefers-color-scheme: dark)');

  constructor() {
    this.#follow();
    this.#query.addEventListener('change', () => this.#follow());
  }

  choose(choice: ThemeChoice): void {
    this.#choice = choice;
    this.#follow();
  }

  #follow(): void {
    const dark = this.#choice === 'system' ? this.#query.matches : this.#choice === 'dark';
    this.current = dark ? DARK : LIGHT;
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  }
}

export const theme = new Theme();
