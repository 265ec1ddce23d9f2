/** Whatever is not imitated throws when it is touched, so that no test passes on a silent no-op. */
import { EventEmitter } from 'node:events';

/** Members that test tools and `await` look for on any object. */
const PROBES = new Set(['then', 'toJSON', 'asymmetricMatch', 'nodeType', 'tagName', '$$typeof']);

function refusing<T extends object>(name: string): ProxyHandler<T> {
  return {
    get(target, key, self) {
      if (typeof key === 'symbol' || key in target || PROBES.has(key)) return Reflect.get(target, key, self);
      throw new Error(`electron stand-in: ${name}.${key} is not imitated`);
    },
  };
}

export function strict<T extends object>(name: string, members: T): T {
  return new Proxy(members, refusing<T>(name));
}

/** An emitter that refuses unknown members, with events that a listener can prevent. */
export class Strict extends EventEmitter {
  /** Emits a preventable event; true when no listener prevented it. */
  ask(name: string, ...args: unknown[]): boolean {
    const event = { defaultPrevented: false, preventDefault: () => void (event.defaultPrevented = true) };
    this.emit(name, event, ...args);
    return !event.defaultPrevented;
  }
}
Object.setPrototypeOf(Strict.prototype, new Proxy(EventEmitter.prototype, refusing('object')));

/** What would have reached the desktop, in order. */
export const calls: { readonly api: string; readonly args: unknown[] }[] = [];

export function record<T>(api: string, result?: T): (...args: unknown[]) => T {
  return (...args) => {
    calls.push({ api, args });
    return result as T;
  };
}
