/** Pointer, touch and wheel on a map, told apart: moving, pinching, drawing a lasso, looking at a cell. */

export interface GestureActions {
  mode(): 'move' | 'lasso';
  pan(right: number, down: number): void;
  zoom(left: number, top: number, factor: number): void;
  /** The lasso as far as it is drawn, in CSS pixels; empty when it is over. */
  lasso(line: readonly number[]): void;
  select(line: readonly number[], how: 'new' | 'add' | 'remove'): void;
  hover(left: number, top: number): void;
  leave(): void;
}

/** Pixels that a lasso grows by at least, so that a slow hand does not make thousands of corners. */
const STEP = 3;

type Place = readonly [number, number];

export class Gestures {
  readonly #actions: GestureActions;
  #element: HTMLElement | null = null;
  readonly #down = new Map<number, Place>();
  #line: number[] | null = null;

  constructor(actions: GestureActions) {
    this.#actions = actions;
  }

  attach(element: HTMLElement): () => void {
    this.#element = element;
    const off = new AbortController();
    const { signal } = off;
    element.addEventListener('pointerdown', event => this.#press(event), { signal });
    element.addEventListener('pointermove', event => this.#move(event), { signal });
    element.addEventListener('pointerup', event => this.#release(event), { signal });
    element.addEventListener('pointercancel', event => this.#abandon(event), { signal });
    element.addEventListener('pointerleave', () => this.#actions.leave(), { signal });
    element.addEventListener('wheel', event => this.#wheel(event), { signal, passive: false });
    return () => off.abort();
  }

  #at(event: MouseEvent): Place {
    const box = this.#element!.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#element!.setPointerCapture(event.pointerId);
    const at = this.#at(event);
    this.#down.set(event.pointerId, at);
    this.#actions.leave();
    const draws = this.#actions.mode() === 'lasso' || event.shiftKey;
    // A second finger pinches, whatever the first one had begun.
    this.#line = this.#down.size === 1 && draws ? [...at] : null;
    if (this.#line === null) this.#actions.lasso([]);
  }

  #move(event: PointerEvent): void {
    const at = this.#at(event);
    const before = this.#down.get(event.pointerId);
    if (before === undefined) {
      if (event.pointerType !== 'touch') this.#actions.hover(...at);
      return;
    }
    if (this.#down.size === 2) {
      this.#pinch(event.pointerId, before, at);
    } else if (this.#line !== null) {
      const [left, top] = this.#line.slice(-2) as [number, number];
      if (Math.hypot(at[0] - left, at[1] - top) >= STEP) {
        this.#line.push(...at);
        this.#actions.lasso([...this.#line]);
      }
    } else {
      this.#actions.pan(at[0] - before[0], at[1] - before[1]);
    }
    this.#down.set(event.pointerId, at);
  }

  #pinch(id: number, before: Place, at: Place): void {
    const [other] = [...this.#down].filter(([pointer]) => pointer !== id).map(([, place]) => place);
    const apart = (a: Place, b: Place): number => Math.hypot(a[0] - b[0], a[1] - b[1]) || 1;
    const middle: Place = [(at[0] + other![0]) / 2, (at[1] + other![1]) / 2];
    this.#actions.pan((at[0] - before[0]) / 2, (at[1] - before[1]) / 2);
    this.#actions.zoom(...middle, apart(at, other!) / apart(before, other!));
  }

  #release(event: PointerEvent): void {
    const line = this.#line;
    this.#abandon(event);
    if (line === null) return;
    // In the mode that moves, Shift only called the lasso; in the lasso's own mode it adds.
    const adds = event.shiftKey && this.#actions.mode() === 'lasso';
    this.#actions.select(line, event.altKey ? 'remove' : adds ? 'add' : 'new');
  }

  #abandon(event: PointerEvent): void {
    this.#down.delete(event.pointerId);
    if (this.#line !== null) this.#actions.lasso([]);
    this.#line = null;
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    // A mouse's wheel turns in steps of about 100 pixels or 3 lines; a touchpad pinch comes with Ctrl in small steps.
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 33 : event.deltaY;
    const factor = Math.exp(-Math.max(-240, Math.min(240, pixels)) * (event.ctrlKey ? 0.01 : 0.0022));
    this.#actions.zoom(...this.#at(event), factor);
  }
}
