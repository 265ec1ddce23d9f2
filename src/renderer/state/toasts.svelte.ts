/** Short messages about what was just done, with a way on or back; they go by themselves. */

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly action: { readonly label: string; do(): void } | undefined;
  /** What it leads to, by its id: once the user is there, the message has nothing left to say. */
  readonly about: string | undefined;
}

const SHOWN_MS = 8_000;
const MOST = 3;

export class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #last = 0;
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();

  say(text: string, { action, about }: Partial<Pick<Toast, 'action' | 'about'>> = {}): void {
    const toast: Toast = { id: ++this.#last, text, action, about };
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

  dismissAbout(about: string): void {
    for (const toast of this.list) if (toast.about === about) this.dismiss(toast.id);
  }
}
