/** Colours of charts and figures, light and dark, in line with the interface; one accent for "this panel". */
export interface ChartTheme {
  readonly name: 'light' | 'dark';
  /** What a figure is drawn on. */
  readonly surface: string;
  readonly ink: string;
  readonly muted: string;
  readonly faint: string;
  readonly line: string;
  readonly soft: string;
  /** The panel of this run, and nothing else. */
  readonly accent: string;
  /** What the panel is compared with. */
  readonly other: string;
  /** The range that chance gives. */
  readonly chance: string;
  readonly warning: string;
}

export const LIGHT: ChartTheme = {
  name: 'light',
  surface: '#ffffff',
  ink: '#14181f',
  muted: '#566070',
  faint: '#8b95a5',
  line: '#d7dde6',
  soft: '#eef1f5',
  accent: '#0f766e',
  other: '#6b7686',
  chance: '#cbd3de',
  warning: '#b45309',
};

export const DARK: ChartTheme = {
  name: 'dark',
  surface: '#161d26',
  ink: '#e8edf4',
  muted: '#a3afbf',
  faint: '#6d7a8c',
  line: '#2f3b49',
  soft: '#1c2530',
  accent: '#2dd4bf',
  other: '#94a1b3',
  chance: '#33404f',
  warning: '#fbbf24',
};

/** Single quotes only: ECharts puts it into double-quoted attributes as it is. */
export const FONT = "Inter, 'Segoe UI', system-ui, sans-serif";
