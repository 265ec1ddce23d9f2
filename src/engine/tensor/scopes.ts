/** Nested scopes of tensors: what was made in one and not freed is freed at its end, also when it ends by an error. */
export class Scopes<T> {
  readonly #open: Set<T>[] = [];
  readonly #destroy: (tensor: T) => void;
  #alive = 0;

  constructor(destroy: (tensor: T) => void) {
    this.#destroy = destroy;
  }

  get alive(): number {
    return this.#alive;
  }

  run<R>(work: () => R): R {
    const made = new Set<T>();
    this.#open.push(made);
    try {
      return work();
    } finally {
      for (const tensor of made) this.#drop(tensor);
      this.#open.pop();
    }
  }

  add(tensor: T): T {
    this.#open.at(-1)?.add(tensor);
    this.#alive++;
    return tensor;
  }

  free(tensor: T): void {
    for (const scope of this.#open) scope.delete(tensor);
    this.#drop(tensor);
  }

  #drop(tensor: T): void {
    this.#destroy(tensor);
    this.#alive--;
  }
}
