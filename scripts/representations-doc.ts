import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeFields } from '../src/model/ir/layout.ts';
import { claimText, type ClaimName } from '../src/model/machine/claims.ts';
import type { Representation } from '../src/model/machine/definition.ts';
import { extrasOf, instantiate, type Instance } from '../src/model/machine/instance.ts';
import { expectedOf } from '../src/model/machine/parameters.ts';
import { CATALOGUE } from '../src/model/representations/catalogue.ts';
import { DEFAULT_MACHINE } from '../src/model/vocabulary/machine.ts';

const HEADER = `# Representations

Generated from the catalogue by \`npm run docs\`; a test fails when this page is not current. Claims are those for the default
parameters on the default machine (\`npx provsim explain ID\` shows the same). A representation that claims less is not worse
modelled: its claims are the truth about the design, and the corpus cases below show each hazard beside its nearest sound neighbour.
`;

/** The whole page, from the catalogue and the committed corpus. */
export function representationsPage(corpus: string): string {
  return `${[HEADER, ...[...CATALOGUE.values()].map((each) => section(each, corpus))].join('\n').trimEnd()}\n`;
}

function section(representation: Representation, corpus: string): string {
  const instance = instantiate(representation);
  return [
    `## \`${representation.id}\`\n`,
    `**${representation.title}.** ${representation.summary}\n`,
    `Source: ${representation.source.join('; ')}.\n`,
    parameterTable(representation),
    `Reference: ${referenceLine(instance)}\n`,
    `Operations: ${Object.keys(instance.blueprint.operations).map(code).join(', ')}. ${extrasLine(instance)}\n`,
    claimTable(instance),
    caseTable(representation.id, corpus),
  ].join('\n');
}

function parameterTable({ parameters }: Representation): string {
  const rows = Object.entries(parameters).map(
    ([name, spec]) => `| ${code(name)} | ${code(String(spec.default))} | ${expectedOf(spec)} | ${spec.help} |`,
  );
  return `| parameter | default | accepts | meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

function referenceLine({ reference }: Instance): string {
  if (reference.layout === undefined)
    return reference.kind === 'pointer' ? 'a pointer.' : `a word of ${reference.width} bits.`;
  const fields = decodeFields(reference.layout, 0n).map(({ name }) => {
    const field = reference.layout?.fields.find((each) => each.name === name);
    return `${name} (${field?.width} bits from bit ${field?.low})`;
  });
  const spare =
    reference.layout.width < 64 ? `; spare bits ${reference.layout.spare === 'ignored' ? 'ignored' : 'must be 0'}` : '';
  return `${reference.kind === 'pointer' ? 'a pointer whose address bits are ' : ''}${fields.join(', ')}${spare}.`;
}

function extrasLine({ blueprint }: Instance): string {
  const extras = Object.entries(extrasOf(blueprint.roles)).map(([name, { help }]) => `${code(name)}: ${help}`);
  return extras.length === 0 ? 'No extras.' : `Extras: ${extras.join('; ')}.`;
}

function claimTable(instance: Instance): string {
  const claims = instance.claims(DEFAULT_MACHINE);
  const names = Object.keys(claims) as ClaimName[];
  return `| claim | |\n| --- | --- |\n${names.map((name) => `| ${code(name)} | ${claimText(claims[name])} |`).join('\n')}\n`;
}

function caseTable(id: string, corpus: string): string {
  const rows = readdirSync(join(corpus, id))
    .filter((name) => name.endsWith('.scenario'))
    .sort()
    .map((name) => {
      const text = readFileSync(join(corpus, id, name), 'utf8');
      const line = (word: string): string => new RegExp(`^${word} (.*)$`, 'm').exec(text)?.[1] ?? '';
      return `| [${name.replace(/\.scenario$/, '')}](../corpus/${id}/${name}) | ${code(line('expect'))} | ${line('note')} |`;
    });
  return `| corpus case | expects | |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

function code(text: string): string {
  return `\`${text}\``;
}
