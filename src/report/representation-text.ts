import { printable, wrapped } from './printable.ts';
import { rangeText, type ParameterFacts, type RepresentationFacts } from './representation-facts.ts';
import { rowsText } from './rows.ts';
import type { Style } from './style.ts';

/** A representation for a terminal: what it is, takes and claims. */
export function renderRepresentation(facts: RepresentationFacts, style: Style): string {
  const { width } = style;
  const section = (title: string, rows: readonly (readonly string[])[]): string =>
    rows.length === 0
      ? ''
      : `${style.strong(title)}\n${rowsText(
          rows.map((row) => row.map(printable)),
          width,
        )}`;
  const sections = [
    `${style.strong(printable(facts.id))}: ${printable(facts.title)}`,
    wrapped(printable(facts.summary), width).join('\n'),
    section(
      'Parameters',
      facts.parameters.map((each) => parameterRow(each, facts.values[each.name])),
    ),
    section('Reference', [[referenceText(facts)]]),
    section(
      'Claims, for these parameters on the default machine',
      facts.claims.map(({ name, claimed, contract, meaning }) => [
        name,
        claimed,
        contract === null ? '' : contract,
        meaning,
      ]),
    ),
    section(
      'Extras, which a scenario may call',
      facts.extras.map(({ name, effect, help }) => [name, effect, help]),
    ),
    section(
      'Mutants',
      facts.mutants.map((id) => [id]),
    ),
    section(
      'Source',
      facts.source.map((source) => [source]),
    ),
  ];
  return sections.filter((text) => text !== '').join('\n\n');
}

export function parameterRow(facts: ParameterFacts, value: unknown = facts.default): readonly string[] {
  return [`${facts.name}=${String(value)}`, rangeText(facts), facts.help];
}

/** `a word: generation 16 bits | index 28 bits`, highest field first, as a reference's bits are read. */
function referenceText({ reference, capacity }: RepresentationFacts): string {
  const fields = reference.fields
    .map(({ name, width }) => `${name} ${width} bit${width === 1 ? '' : 's'}`)
    .toReversed();
  const used = reference.fields.reduce((sum, { width }) => sum + width, 0);
  const spare =
    used === 0 || used === 64
      ? []
      : [`spare ${64 - used} (${reference.spare === 'ignored' ? 'ignored' : 'must be 0'})`];
  const layout = fields.length === 0 ? '' : `: ${[...spare, ...fields].join(' | ')}`;
  return `a ${reference.kind}${layout}; at most ${capacity.toLocaleString('en-US')} objects at a time`;
}
