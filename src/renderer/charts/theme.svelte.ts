/** Light or dark, as the system says, followed while the app is open. */
import { DARK, LIGHT, type ChartTheme } from '../../shared/charts/theme.ts';

class Theme {
  current = $state.raw<ChartTheme>(LIGHT);

  constructor() {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const follow = (): void => {
      this.current = query.matches ? DARK : LIGHT;
    };
    follow();
    query.addEventListener('change', follow);
  }
}

export const theme = new Theme();
