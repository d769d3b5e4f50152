import { CONTRACTS, type ClaimName } from '../../model/machine/claims.ts';
import { InputError } from '../../model/vocabulary/input-error.ts';
import { nearest } from '../../model/text/nearest.ts';
import { quoted } from '../../model/text/source.ts';
import { VERDICTS } from '../../model/vocabulary/verdicts.ts';
import { CLAIM_MEANINGS, CONTRACT_MEANINGS } from '../../report/glossary.ts';
import { renderPage } from '../../report/page.ts';
import { wrapped } from '../../report/printable.ts';
import { factsOf } from '../../report/representation-facts.ts';
import { renderRepresentation } from '../../report/representation-text.ts';
import type { Style } from '../../report/style.ts';
import type { Outcome, Run } from '../command.ts';
import { loadConfig } from '../config.ts';
import type { Assignment } from '../option-values.ts';
import { parametersFor } from '../parameter-options.ts';
import { Representations } from '../representations.ts';
import { verdictPage } from '../verdict-page.ts';

/** Explains one word: a verdict code, a claim, a client contract, or the id of a representation. */
export const run: Run = async (operands, options, { terminal: { style } }) => {
  const word = operands[0];
  const page = verdictOutcome(word, style) ?? claimPage(word, style) ?? contractPage(word, style);
  if (page !== undefined) return page;
  const known = new Representations(await loadConfig(options.config as string | undefined));
  const representation = known.find(word);
  if (representation === undefined) throw unknownWord(word, known.ids);
  const given = parametersFor(representation, (options.set ?? []) as readonly Assignment[], [representation]);
  const facts = factsOf(representation, known.isConfigured(word) ? 'config' : 'catalogue', given);
  return { ok: true, report: { subject: 'representation', ...facts }, text: renderRepresentation(facts, style) };
};

function verdictOutcome(word: string, style: Style): Outcome | undefined {
  const verdict = VERDICTS.find(({ code }) => code === word);
  if (verdict === undefined) return undefined;
  const { code, group, title } = verdict;
  const page = verdictPage(code);
  return { ok: true, report: { subject: 'verdict', code, group, title, page }, text: renderPage(page, style) };
}

function claimPage(word: string, style: Style): Outcome | undefined {
  if (!Object.hasOwn(CLAIM_MEANINGS, word)) return undefined;
  const { contract, meaning } = CLAIM_MEANINGS[word as ClaimName];
  const judged =
    contract === null
      ? 'Judged under every contract.'
      : `Judged under clients "${contract}": they may ${CONTRACT_MEANINGS[contract]}.`;
  const text = [
    `${style.strong(word)}, a claim of representations`,
    wrapped(`${meaning}.`, style.width).join('\n'),
    wrapped(judged, style.width).join('\n'),
  ];
  return { ok: true, report: { subject: 'claim', name: word, contract, meaning }, text: text.join('\n\n') };
}

function contractPage(word: string, style: Style): Outcome | undefined {
  const name = CONTRACTS.find((each) => each === word);
  if (name === undefined) return undefined;
  const clientsMay = CONTRACT_MEANINGS[name];
  const stricter = CONTRACTS.slice(0, CONTRACTS.indexOf(name));
  const before =
    stricter.length === 0 ? '' : ` And all that ${stricter.join(' and ')} allow${stricter.length === 1 ? 's' : ''}.`;
  const text = `${style.strong(name)}, a client contract\n\n${wrapped(`Clients may ${clientsMay}.${before}`, style.width).join('\n')}`;
  return { ok: true, report: { subject: 'contract', name, clientsMay }, text };
}

function unknownWord(word: string, ids: readonly string[]): InputError {
  const words = [...VERDICTS.map(({ code }) => code), ...Object.keys(CLAIM_MEANINGS), ...CONTRACTS, ...ids];
  const meant = nearest(word, words);
  const hint = meant === undefined ? ' (provsim list shows them)' : `; did you mean '${meant}'?`;
  const expected = 'a verdict code, a claim, a client contract or the id of a representation';
  return new InputError('unknown-word', `expected ${expected}, found ${quoted(word)}${hint}`, {}, expected);
}
