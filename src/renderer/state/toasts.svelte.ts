/** Short messages about what was just done, with a way on or back; they go by themselves. */

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly action: { readonly label: string; do(): void } | undefined;
}

const SHOWN_MS = 8_000;
const MOST = 3;

export class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #last = 0;
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();

  say(text: string, { action }: { action?: Toast['action'] } = {}): void {
    const toast: Toast = { id: ++this.#last, text, action };
    // The same words again replace the earlier ones.
    this.list = [...this.list.filter(other => other.text !== text), toast].slice(-MOST);
    this.release(toast.id);
  }

  /** Under the pointer or the keyboard's focus a message stays. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  release(id: number): void {
    this.hold(id);
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), SHOWN_MS),
    );
  }

  dismiss(id: number): void {
    this.hold(id);
    this.list = this.list.filter(toast => toast.id !== id);
  }
}
