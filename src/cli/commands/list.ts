import { CONTRACTS } from '../../model/machine/claims.ts';
import { MACHINE_SETTINGS, DEFAULT_MACHINE } from '../../model/vocabulary/machine.ts';
import { VERDICTS } from '../../model/vocabulary/verdicts.ts';
import { CONTRACT_MEANINGS } from '../../report/glossary.ts';
import { printable } from '../../report/printable.ts';
import { summaryOf } from '../../report/representation-facts.ts';
import { rowsText } from '../../report/rows.ts';
import type { Run } from '../command.ts';
import { loadConfig } from '../config.ts';
import { Representations } from '../representations.ts';

/** Lists what there is, in the words that options and files take. */
export const run: Run = async (_operands, options, { terminal }) => {
  const known = new Representations(await loadConfig(options.config as string | undefined));
  const representations = known.all.map((each) =>
    summaryOf(each, known.isConfigured(each.id) ? 'config' : 'catalogue'),
  );
  const verdicts = VERDICTS.map(({ code, group, title }) => ({ code, group, title }));
  const contracts = CONTRACTS.map((name) => ({ name, clientsMay: CONTRACT_MEANINGS[name] }));
  const machine = MACHINE_SETTINGS.map(({ name, expected }) => ({ name, default: DEFAULT_MACHINE[name], expected }));
  const { style } = terminal;
  const section = (title: string, rows: readonly (readonly string[])[]): string =>
    `${style.strong(title)}\n${rowsText(
      rows.map((row) => row.map(printable)),
      style.width,
      [style.place],
    )}`;
  const text = [
    section(
      'Representations',
      representations.map(({ id, title, origin }) => [id, origin === 'config' ? `${title} (config)` : title]),
    ),
    section(
      'Verdict codes',
      verdicts.map(({ code, group, title }) => [code, group, title]),
    ),
    section(
      'Client contracts: clients may',
      contracts.map(({ name, clientsMay }) => [name, clientsMay]),
    ),
    section(
      'Machine settings',
      machine.map((each) => [`${each.name}=${each.default}`, each.expected]),
    ),
    `provsim explain CODE|ID tells more.`,
  ].join('\n\n');
  return { ok: true, report: { representations, verdicts, contracts, machine }, text };
};
