/** Which place is open. It stands in the address, so that a reload stays there and Back goes back. */

export type Place = { readonly at: 'data' } | { readonly at: 'run'; readonly id: string };

export class Router {
  #place = $state.raw<Place>(placeOf(location.hash));

  constructor() {
    addEventListener('hashchange', () => (this.#place = placeOf(location.hash)));
  }

  get place(): Place {
    return this.#place;
  }

  go(place: Place): void {
    location.hash = place.at === 'data' ? '#data' : `#run/${place.id}`;
    this.#place = place;
  }

  isAt(run: string): boolean {
    return this.#place.at === 'run' && this.#place.id === run;
  }
}

function placeOf(hash: string): Place {
  const id = /^#run\/([a-z0-9-]{1,64})$/.exec(hash)?.[1];
  return id === undefined ? { at: 'data' } : { at: 'run', id };
}
