/** The nine places in the order of the work, with their icons, titles and what each is for. */
import type { Component } from 'svelte';
import ChartScatter from '@lucide/svelte/icons/chart-scatter';
import Columns from '@lucide/svelte/icons/columns-2';
import Database from '@lucide/svelte/icons/database';
import Dna from '@lucide/svelte/icons/dna';
import History from '@lucide/svelte/icons/history';
import ListChecks from '@lucide/svelte/icons/list-checks';
import Play from '@lucide/svelte/icons/play';
import Settings from '@lucide/svelte/icons/settings';
import Sliders from '@lucide/svelte/icons/sliders-horizontal';
import type { PlaceName } from './state/router.svelte.ts';
import type { Studio } from './state/studio.svelte.ts';
import ComparePlace from './views/compare/ComparePlace.svelte';
import DataPlace from './views/data/DataPlace.svelte';
import ExplorePlace from './views/explore/ExplorePlace.svelte';
import GenesPlace from './views/genes/GenesPlace.svelte';
import HistoryPlace from './views/history/HistoryPlace.svelte';
import PanelPlace from './views/panel/PanelPlace.svelte';
import QualityPlace from './views/quality/QualityPlace.svelte';
import SettingsPlace from './views/settings/SettingsPlace.svelte';
import TrainPlace from './views/train/TrainPlace.svelte';

export interface PlaceEntry {
  readonly name: PlaceName;
  readonly title: string;
  /** What it is for, in a few words. */
  readonly about: string;
  readonly icon: Component<{ size?: number; strokeWidth?: number }>;
  readonly view: Component<{ studio: Studio }>;
  /** What the place shows: the current data set, the current run, or neither. */
  readonly of: 'dataset' | 'run' | 'nothing';
}

export const PLACE_ENTRIES: readonly PlaceEntry[] = [
  { name: 'data', title: 'Data', about: 'Bring counts in', icon: Database, view: DataPlace, of: 'nothing' },
  {
    name: 'quality',
    title: 'Quality',
    about: 'Choose cells and genes',
    icon: Sliders,
    view: QualityPlace,
    of: 'dataset',
  },
  {
    name: 'explore',
    title: 'Explore',
    about: 'Look at the cells',
    icon: ChartScatter,
    view: ExplorePlace,
    of: 'dataset',
  },
  { name: 'train', title: 'Train', about: 'Run the recipe', icon: Play, view: TrainPlace, of: 'dataset' },
  {
    name: 'panel',
    title: 'Panel',
    about: 'The genes and how good they are',
    icon: ListChecks,
    view: PanelPlace,
    of: 'run',
  },
  { name: 'genes', title: 'Genes', about: 'Look up any gene', icon: Dna, view: GenesPlace, of: 'run' },
  {
    name: 'compare',
    title: 'Compare',
    about: 'Two runs side by side',
    icon: Columns,
    view: ComparePlace,
    of: 'nothing',
  },
  { name: 'history', title: 'History', about: 'All runs', icon: History, view: HistoryPlace, of: 'nothing' },
  {
    name: 'settings',
    title: 'Settings',
    about: 'Looks, engine, workspace',
    icon: Settings,
    view: SettingsPlace,
    of: 'nothing',
  },
];

/** After this place the rail draws a line: before it stands the work, behind it what looks back on it. */
export const LAST_OF_WORK: PlaceName = 'genes';
