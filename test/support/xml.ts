/**
 * A small strict reader of XML, so that tests open what was written instead of searching in it. No entities but the
 * five of XML, no unclosed tag, no attribute twice, no character that XML 1.0 forbids.
 */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: (XmlElement | string)[];
}

const TOKEN =
  /<\?[^?]*\?>|<!--[\s\S]*?-->|<!doctype[^>]*>|<!\[CDATA\[([\s\S]*?)\]\]>|<\/([\w:.-]+)\s*>|<([\w:.-]+)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/giy;

/** @throws Error at the first thing that is not well-formed */
export function parseXml(text: string): XmlElement {
  // eslint-disable-next-line no-control-regex
  const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.exec(text);
  if (forbidden !== null) throw new Error(`forbidden character at ${forbidden.index}`);
  if (!text.isWellFormed()) throw new Error('half of a surrogate pair');
  const root: XmlElement = { name: '', attributes: new Map(), children: [] };
  const open: XmlElement[] = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`not XML at ${at}: ${text.slice(at, at + 60)}`);
    const [, cdata, closed, name, attributes, empty, words] = match;
    const parent = open.at(-1)!;
    if (cdata !== undefined) parent.children.push(cdata);
    else if (words !== undefined) parent.children.push(decode(words));
    else if (closed !== undefined) {
      const element = open.pop()!;
      if (element.name !== closed) throw new Error(`</${closed}> closes <${element.name}> at ${at}`);
    } else if (name !== undefined) {
      const element: XmlElement = { name, attributes: attributesOf(attributes ?? ''), children: [] };
      parent.children.push(element);
      if (empty !== '/') open.push(element);
    }
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)!.name}> is not closed`);
  const elements = root.children.filter(child => typeof child !== 'string');
  if (elements.length !== 1) throw new Error(`${elements.length} root elements`);
  return elements[0]!;
}

/** All elements of a name, in document order. */
export function elementsNamed(element: XmlElement, name: string): XmlElement[] {
  const below = element.children.flatMap(child =>
    typeof child === 'string' ? [] : elementsNamed(child, name),
  );
  return element.name === name ? [element, ...below] : below;
}

export function textOf(element: XmlElement): string {
  return element.children.map(child => (typeof child === 'string' ? child : textOf(child))).join('');
}

function attributesOf(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name, value] of text.matchAll(/([\w:.-]+)="([^"]*)"/g)) {
    if (attributes.has(name!)) throw new Error(`attribute ${name!} twice`);
    attributes.set(name!, decode(value!));
  }
  return attributes;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    if (/^#\d+$/.test(name) && whole.endsWith(';')) return String.fromCodePoint(Number(name.slice(1)));
    const character = whole.endsWith(';') ? ENTITIES[name] : undefined;
    if (character === undefined) throw new Error(`unknown entity ${whole.slice(0, 20)}`);
    return character;
  });
}
