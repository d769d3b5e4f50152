/** An element of an XML document with its text. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const TAG = /^<(\/?)([A-Za-z][\w.-]*)((?:\s+[A-Za-z][\w.-]*="[^"<]*")*)\s*(\/?)>/;
const ENTITY = /&(?:(amp|lt|gt|quot|apos)|#(\d+)|#x([0-9a-fA-F]+));/g;
const CHARACTERS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
// Char of XML 1.0: what stands in no document, however it is written.
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/**
 * Reads the part of XML 1.0 that reports use, strictly.
 * @throws Error for what is not well-formed
 */
export function parseXml(source: string): XmlElement {
  if (FORBIDDEN.test(source)) throw new Error('a character that XML forbids');
  let rest = source.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  const stack: { name: string; attributes: Record<string, string>; children: XmlElement[]; text: string }[] = [
    { name: '', attributes: {}, children: [], text: '' },
  ];
  while (rest !== '') {
    const at = rest.indexOf('<');
    const text = at < 0 ? rest : rest.slice(0, at);
    stack.at(-1)!.text += decoded(text);
    rest = rest.slice(text.length);
    if (rest === '') break;
    const match = TAG.exec(rest);
    if (match === null) throw new Error(`no tag: ${rest.slice(0, 60)}`);
    const [whole, closing, name, attributeText, empty] = match as unknown as string[];
    rest = rest.slice(whole.length);
    if (closing === '/') {
      const element = stack.pop()!;
      if (element.name !== name) throw new Error(`</${name}> closes <${element.name}>`);
      stack.at(-1)!.children.push(element);
      continue;
    }
    const attributes: Record<string, string> = {};
    for (const [, key, value] of attributeText.matchAll(/([A-Za-z][\w.-]*)="([^"]*)"/g)) {
      if (Object.hasOwn(attributes, key)) throw new Error(`${key} twice`);
      attributes[key] = decoded(value);
    }
    const element = { name, attributes, children: [], text: '' };
    if (empty === '/') stack.at(-1)!.children.push(element);
    else stack.push(element);
  }
  const [root] = stack;
  if (stack.length !== 1 || root.children.length !== 1 || root.text.trim() !== '') throw new Error('not one element');
  return root.children[0];
}

function decoded(text: string): string {
  if (text.replace(ENTITY, '').includes('&')) throw new Error(`a bare ampersand: ${text}`);
  return text.replace(ENTITY, (_, name: string | undefined, decimal: string | undefined, hex: string | undefined) =>
    name === undefined
      ? String.fromCodePoint(decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal))
      : CHARACTERS[name],
  );
}

/** All elements of a name, in the order of the document. */
export function elementsOf(element: XmlElement, name: string): readonly XmlElement[] {
  const below = element.children.flatMap((child) => elementsOf(child, name));
  return element.name === name ? [element, ...below] : below;
}
