/** Which place is open, and what it shows. It stands in the address, so that a reload stays there and Back goes back. */
import { DESKTOP_PLACES, type DesktopPlace } from '../../shared/desktop.ts';

export const PLACES = DESKTOP_PLACES;
export type PlaceName = DesktopPlace;

export interface Place {
  readonly at: PlaceName;
  readonly dataset?: string | undefined;
  readonly run?: string | undefined;
  /** The run that `run` is compared with. */
  readonly other?: string | undefined;
  /** Name of a gene as the data give it. */
  readonly gene?: string | undefined;
}

const KEYS = ['dataset', 'run', 'other', 'gene'] as const;

export class Router {
  #place = $state.raw<Place>(placeOf(location.hash));

  constructor() {
    addEventListener('hashchange', () => (this.#place = placeOf(location.hash)));
  }

  get place(): Place {
    return this.#place;
  }

  go(place: Place): void {
    location.hash = addressOf(place);
    this.#place = place;
  }

  /** Like `go`, without a step that Back would return to. */
  replace(place: Place): void {
    history.replaceState(null, '', addressOf(place));
    this.#place = place;
  }
}

export function addressOf(place: Place): string {
  const query = new URLSearchParams();
  for (const key of KEYS) if (place[key] !== undefined) query.set(key, place[key]);
  const text = query.toString();
  return `#${place.at}${text === '' ? '' : `?${text}`}`;
}

export function placeOf(hash: string): Place {
  const [name, query = ''] = hash.replace(/^#/, '').split('?', 2) as [string, string?];
  const at = PLACES.find(place => place === name) ?? 'data';
  const given = new URLSearchParams(query);
  const id = (key: string): string | undefined => {
    const value = given.get(key);
    return value !== null && /^[a-z0-9-]{1,64}$/.test(value) ? value : undefined;
  };
  const gene = given.get('gene')?.slice(0, 200);
  return { at, dataset: id('dataset'), run: id('run'), other: id('other'), gene: gene || undefined };
}
