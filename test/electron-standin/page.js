/** Everything here is self-contained: `codec` runs in Node and in the page, the rest is injected with toString(). */

/** Structured-clone-shaped values <-> JSON text. Input must already be clone-normalised. */
export function codec() {
  const b64 = a => a.toBase64?.() ?? Buffer.from(a.buffer, a.byteOffset, a.byteLength).toString('base64');
  const unb64 = s => Uint8Array.fromBase64?.(s) ?? new Uint8Array(Buffer.from(s, 'base64'));
  const encode = root => {
    const seen = new Map();
    const table = [];
    const ref = v => {
      if (v === null || typeof v === 'boolean' || typeof v === 'string') return v;
      if (typeof v === 'number')
        return Number.isFinite(v) && !Object.is(v, -0) ? v : { n: Object.is(v, -0) ? '-0' : `${v}` };
      if (v === undefined) return { u: 1 };
      if (typeof v === 'bigint') return { i: `${v}` };
      let at = seen.get(v);
      if (at === undefined) {
        at = table.push(null) - 1;
        seen.set(v, at);
        table[at] = node(v);
      }
      return { r: at };
    };
    const node = v => {
      if (Array.isArray(v)) return ['a', Array.from(v, ref)];
      if (v instanceof Date) return ['d', { n: `${+v}` }];
      if (v instanceof RegExp) return ['x', v.source, v.flags];
      if (v instanceof Map) return ['m', Array.from(v, ([k, x]) => [ref(k), ref(x)])];
      if (v instanceof Set) return ['s', Array.from(v, ref)];
      if (v instanceof ArrayBuffer) return ['b', b64(new Uint8Array(v))];
      if (ArrayBuffer.isView(v))
        return ['v', v.constructor.name, ref(v.buffer), v.byteOffset, v.length ?? v.byteLength];
      if (v instanceof Error) return ['e', v.name, v.message, v.stack];
      return ['o', Object.entries(v).map(([k, x]) => [k, ref(x)])];
    };
    return JSON.stringify([ref(root), table]);
  };
  const decode = text => {
    const [root, table] = JSON.parse(text);
    const made = [];
    const val = x => {
      if (x === null || typeof x !== 'object') return x;
      if ('r' in x) return (made[x.r] ??= make(x.r));
      return 'u' in x ? undefined : 'i' in x ? BigInt(x.i) : Number(x.n);
    };
    const make = i => {
      const [type, a, b, c, d] = table[i];
      if (type === 'a') for (const x of ((made[i] = []), a)) made[i].push(val(x));
      else if (type === 'o')
        for (const [k, x] of ((made[i] = {}), a))
          Object.defineProperty(made[i], k, {
            value: val(x),
            writable: true,
            enumerable: true,
            configurable: true,
          });
      else if (type === 'm') for (const [k, x] of ((made[i] = new Map()), a)) made[i].set(val(k), val(x));
      else if (type === 's') for (const x of ((made[i] = new Set()), a)) made[i].add(val(x));
      else if (type === 'd') return new Date(val(a));
      else if (type === 'x') return new RegExp(a, b);
      else if (type === 'b') return unb64(a).buffer;
      else if (type === 'v') return new globalThis[a](val(b), c, d);
      else return Object.assign(new (globalThis[a] ?? Error)(b), { stack: c });
      return made[i];
    };
    return val(root);
  };
  return { encode, decode };
}

/**
 * One half of contextBridge; both worlds run it. DOM events are dispatched synchronously to every world and Chromium
 * clones `detail` across worlds, so sync calls, structured cloning and the wall between the worlds are all real.
 */
export function contextBridgeHalf(event, side) {
  const out = event + side;
  const fns = new Map();
  const ids = new WeakMap();
  const waiting = new Map();
  const TAG = '__standin_bridge';
  let n = 0;
  let reply;
  const errorOf = e => new Error(e instanceof Error ? e.message : String(e));
  const emit = m => void dispatchEvent(new CustomEvent(out, { detail: structuredClone(m) }));
  const settle = (id, ok, make) => {
    try {
      emit({ op: 'settle', id, ok, v: make() });
    } catch (e) {
      emit({ op: 'settle', id, ok: false, v: errorOf(e) });
    }
  };
  const wrap = (v, seen = new Map()) => {
    if (typeof v === 'function') {
      if (!ids.has(v)) {
        fns.set(side + ++n, v);
        ids.set(v, side + n);
      }
      return { [TAG]: 'fn', id: ids.get(v) };
    }
    if (typeof v === 'symbol') throw new TypeError('An object could not be cloned.');
    if (v === null || typeof v !== 'object') return v;
    if (v instanceof Promise) {
      const id = side + ++n;
      v.then(
        x => settle(id, true, () => wrap(x)),
        e => settle(id, false, () => errorOf(e)),
      );
      return { [TAG]: 'promise', id };
    }
    if (v instanceof Error) return errorOf(v);
    if (
      ArrayBuffer.isView(v) ||
      [ArrayBuffer, Map, Set, Date, RegExp, Blob, Node, MessagePort].some(C => v instanceof C)
    )
      return v; // cloned, or refused, by structuredClone; Electron lets Elements through, this does not
    if (seen.has(v)) return seen.get(v);
    const to = Array.isArray(v) ? [] : {};
    seen.set(v, to);
    for (const [k, x] of Object.entries(v)) to[k] = wrap(x, seen);
    return to;
  };
  const unwrap = (v, seen = new Map()) => {
    if (v === null || typeof v !== 'object') return v;
    if (v[TAG] === 'promise') return new Promise((ok, no) => waiting.set(v.id, [ok, no]));
    if (v[TAG] === 'fn')
      return fns.get(v.id) ?? ((...args) => call({ op: 'call', id: v.id, args: wrap(args) }));
    if (!Array.isArray(v) && Object.getPrototypeOf(v) !== Object.prototype) return v;
    if (seen.has(v)) return seen.get(v);
    const to = Array.isArray(v) ? [] : {};
    seen.set(v, to);
    for (const [k, x] of Object.entries(v)) to[k] = unwrap(x, seen);
    return to;
  };
  const call = m => {
    emit(m);
    const r = reply ?? { op: 'throw', v: new Error('electron stand-in: the other world does not answer') };
    reply = undefined;
    if (r.op === 'throw') throw unwrap(r.v);
    return unwrap(r.v);
  };
  const freeze = v => {
    if (v !== null && typeof v === 'object' && !ArrayBuffer.isView(v))
      Object.values(Object.freeze(v)).forEach(freeze);
    return v;
  };
  const handle = m => {
    if (m.op === 'call') return fns.get(m.id)(...unwrap(m.args));
    if (m.key in window)
      throw new Error('Cannot bind an API on top of an existing property on the window object');
    Object.defineProperty(window, m.key, { value: freeze(unwrap(m.api)), enumerable: true });
  };
  addEventListener(event + (side === '<' ? '>' : '<'), e => {
    const m = e.detail;
    if (m.op === 'return' || m.op === 'throw') return void (reply = m);
    if (m.op === 'settle') {
      waiting.get(m.id)?.[m.ok ? 0 : 1](unwrap(m.v));
      return void waiting.delete(m.id);
    }
    try {
      emit({ op: 'return', v: wrap(handle(m)) });
    } catch (err) {
      emit({ op: 'throw', v: errorOf(err) });
    }
  });
  return { exposeInMainWorld: (key, api) => void call({ op: 'expose', key, api: wrap(api) }) };
}

/** The sandboxed preload environment, run in an isolated world of the page. */
export function preloadWorld({ event, binding, env, files }, { encode, decode }, half, preload) {
  const post = globalThis[binding];
  delete globalThis[binding];
  const toMain = m => post(encode(structuredClone(m)));
  class Emitter {
    #on = new Map();
    on(name, fn) {
      this.#on.set(name, [...(this.#on.get(name) ?? []), fn]);
      return this;
    }
    once(name, fn) {
      const wrapped = Object.assign((...a) => (this.off(name, wrapped), fn(...a)), { fn });
      return this.on(name, wrapped);
    }
    off(name, fn) {
      this.#on.set(
        name,
        (this.#on.get(name) ?? []).filter(f => f !== fn && f.fn !== fn),
      );
      return this;
    }
    removeAllListeners(name) {
      if (name === undefined) this.#on.clear();
      else this.#on.delete(name);
      return this;
    }
    listenerCount(name) {
      return this.#on.get(name)?.length ?? 0;
    }
    emit(name, ...args) {
      for (const fn of this.#on.get(name) ?? []) {
        try {
          fn.apply(this, args);
        } catch (e) {
          reportError(e);
        }
      }
      return this.listenerCount(name) > 0;
    }
  }
  Emitter.prototype.addListener = Emitter.prototype.on;
  Emitter.prototype.removeListener = Emitter.prototype.off;

  const ports = new Map(); // hub end id -> DOM port whose other end the preload or page holds
  const attach = (port, id = `page-${Math.random().toString(36).slice(2)}`) => {
    ports.set(id, port);
    port.onmessage = e => toMain({ t: 'port', id, data: e.data, ports: e.ports.map(p => attach(p)) });
    port.onclose = () => ports.delete(id) && toMain({ t: 'close', id });
    return id;
  };
  const open = id => {
    const { port1, port2 } = new MessageChannel();
    attach(port1, id);
    return port2;
  };
  const pending = new Map();
  let n = 0;
  const ipcRenderer = Object.assign(new Emitter(), {
    send: (ch, ...args) => toMain({ t: 'send', ch, args }),
    invoke: (ch, ...args) =>
      new Promise((resolve, reject) => {
        const id = ++n;
        toMain({ t: 'invoke', id, ch, args });
        pending.set(id, m =>
          'error' in m
            ? reject(new Error(`Error invoking remote method '${ch}': ${m.error}`))
            : resolve(m.value),
        );
      }),
    postMessage: (ch, message, transfer = []) =>
      toMain({
        t: 'post',
        ch,
        args: [message],
        ports: transfer.map(p => attach(structuredClone(p, { transfer: [p] }))),
      }),
    sendSync: () => {
      throw new Error('electron stand-in: ipcRenderer.sendSync is not implemented');
    },
  });
  let received = '';
  globalThis.__standinReceive = (part, last) => {
    received += part;
    if (!last) return;
    const m = decode(received);
    received = '';
    if (m.t === 'reply') {
      pending.get(m.id)(m);
      pending.delete(m.id);
    } else if (m.t === 'event')
      ipcRenderer.emit(m.ch, { sender: ipcRenderer, ports: m.ports.map(open) }, ...m.args);
    else if (m.t === 'files') Object.assign(files, m.files);
    else if (m.t === 'port') ports.get(m.id)?.postMessage(m.data, m.ports.map(open));
    else if (m.t === 'close') {
      ports.get(m.id)?.close();
      ports.delete(m.id);
    }
  };
  const webUtils = { getPathForFile: file => files[file.webkitRelativePath] ?? files[file.name] ?? '' };
  const electron = { contextBridge: half(event, '>'), ipcRenderer, webUtils };
  const allowed = {
    electron,
    events: Object.assign(Emitter, { EventEmitter: Emitter }),
    timers: { setTimeout, clearTimeout, setInterval, clearInterval },
    url: { URL, URLSearchParams },
  };
  const process = Object.assign(new Emitter(), env, {
    nextTick: (fn, ...a) => queueMicrotask(() => fn(...a)),
  });
  const require = id => {
    const found = allowed[id.replace(/^node:|\/renderer$/, '')];
    if (!found) throw new Error(`module not found: ${id}`); // what a sandboxed preload says
    return found;
  };
  const module = { exports: {} };
  preload(require, module, module.exports, process);
}
