import { kindOfNumber } from '../machine/object-kinds.ts';
import type { Violation } from '../machine/violation.ts';
import type { DiagnosticEvent } from '../vocabulary/diagnostic.ts';
import type { DiagnosisInput } from './diagnosis.ts';
import { printStatement } from './printer.ts';
import type { IssuedObject, OperationRecord } from './recorder.ts';
import { hex, fieldText, slotName } from './reference-text.ts';
import type { ScenarioStatement } from './scenario.ts';

/** An object as diagnostics name it: `object #65536 (dict)`. */
export function objectText(identity: number, kind: number): string {
  const name = kindOfNumber(kind);
  return `object #${identity}${name === undefined ? '' : ` (${name})`}`;
}

/** The events that led to a verdict, in causal order: created, freed, slot reused, re-issued, used. */
export function eventsOf(input: DiagnosisInput): readonly DiagnosticEvent[] {
  const { recorder, violation, lowered } = input;
  const events: DiagnosticEvent[] = [];
  for (const record of recorder.records) {
    if (record.operation > violation.operation) break;
    const statement = lowered.statements[record.operation];
    const isLast = record.operation === violation.operation && violation.event !== 'end';
    const before = happenings(input, record, statement);
    const texts = isLast ? [...before.map(({ text }) => text), verdictText(input)] : before.map(({ text }) => text);
    if (texts.length === 0) continue;
    events.push({
      kind: isLast ? violation.event : (before[0]?.kind ?? 'used'),
      line: statement.line,
      statement: printStatement(statement),
      text: texts.join('; '),
      thread: 0,
    });
  }
  if (violation.event === 'end') events.push(atTheEnd(violation));
  return events;
}

interface Happening {
  readonly kind: string;
  readonly text: string;
}

/** What an operation did to the objects and the slot that the verdict is about. */
function happenings(
  input: DiagnosisInput,
  record: OperationRecord,
  statement: ScenarioStatement,
): readonly Happening[] {
  const { subject, violation } = input;
  const concerned = (identity: number): boolean =>
    identity !== 0 && (identity === violation.object || identity === violation.found || subject === undefined);
  const told: Happening[] = [];
  if (statement.op === 'churn') return churning(input, record, statement);
  if (record.first !== undefined && (concerned(record.first.identity) || record.reuses > 0))
    told.push(created(record, record.first));
  for (const { identity, phase } of record.phases)
    if (phase !== 'created' && concerned(identity)) told.push(ended(record, identity, phase));
  const merged = told.filter(
    ({ kind, text }, at) => told.findIndex((other) => other.kind === kind && other.text === text) === at,
  );
  const slot = merged.length === 0 || record.issued > 0 ? undefined : slotChange(input, record);
  if (slot !== undefined) merged.push(slot);
  if (merged.length === 0 && record.operation < violation.operation) merged.push(...derived(input, statement));
  return merged;
}

function created({ reissuedFor, reuses }: OperationRecord, first: IssuedObject): Happening {
  const object = `${objectText(first.identity, first.kind)} created at ${hex(first.address)}`;
  const handle = `handle ${hex(first.bits)} issued${reissuedFor === 0 ? '' : ' again'}`;
  const slot = reuses > 0 && reissuedFor === 0 ? '; it takes the slot' : '';
  return { kind: reissuedFor === 0 ? 'created' : 're-issued', text: `${object}; ${handle}${slot}` };
}

/** Retired and reclaimed in one operation is one event: the object was freed. */
function ended({ phases }: OperationRecord, identity: number, phase: string): Happening {
  if (phase === 'abandoned') return { kind: 'freed', text: `object #${identity} freed behind the table's back` };
  const isReclaimed = phases.some((each) => each.identity === identity && each.phase === 'reclaimed');
  if (!isReclaimed) return { kind: 'retired', text: `object #${identity} retired; its memory is not given back yet` };
  const isLater = !phases.some((each) => each.identity === identity && each.phase === 'retired');
  return {
    kind: 'freed',
    text: isLater ? `the memory of object #${identity} given back` : `object #${identity} freed`,
  };
}

/** What happened to the variable in question other than its object's life: copies, forged and corrupted bits, holds. */
function derived({ lowered, violation }: DiagnosisInput, statement: ScenarioStatement): readonly Happening[] {
  const name = violation.variable < 0 ? undefined : lowered.references[violation.variable];
  if ('target' in statement && statement.target === name && statement.op !== 'alloc')
    return [{ kind: 'made', text: statement.op === 'copy' ? 'a copy of the reference' : 'bits that no create issued' }];
  if (statement.op === 'hold') return [{ kind: 'resolved', text: 'resolved, and the pointer is held' }];
  return statement.op === 'extra' ? [{ kind: statement.extra, text: `${statement.extra} ran` }] : [];
}

/** A churn matters to the slot that it reuses; where none could be issued any more, by how many it used up. */
function churning(input: DiagnosisInput, record: OperationRecord, statement: ScenarioStatement): readonly Happening[] {
  if (record.reuses > 0) return [churned(input, record, statement)];
  if (input.violation.code !== 'exhausted') return [];
  const issued = `${record.issued.toLocaleString('en-US')} reference${record.issued === 1 ? '' : 's'}`;
  return [{ kind: 'used-up', text: `${issued} issued and destroyed again` }];
}

/** `slot 10/0 reused 65,534 times, 2 steps each: 3 … 65535, 1 … 65535`, from the fields of the slot before and after. */
function churned(input: DiagnosisInput, record: OperationRecord, { op }: ScenarioStatement): Happening {
  const times = `${record.reuses.toLocaleString('en-US')} time${record.reuses === 1 ? '' : 's'}`;
  const slot = input.subject === undefined ? '' : slotName(input.subject, input.instance);
  const again = record.reissuedFor === 0 ? '' : `; handle issued again for object #${record.reissuedFor}`;
  const tags = record.tags.text === '' ? '' : `; ${record.tags.text}`;
  const others = record.issued - record.reuses;
  const elsewhere = others === 0 ? '' : ` (${others.toLocaleString('en-US')} other objects went to other slots)`;
  const text = `slot ${slot === '' ? 'of the handle' : slot} reused ${times}${elsewhere}${tags}${again}`;
  return { kind: op === 'churn' ? 'reused' : op, text };
}

function slotMoves({ instance }: DiagnosisInput, { before, after }: OperationRecord): string {
  const changed = after.filter(({ name, value }) => {
    const old = before.find((field) => field.name === name);
    return (
      old !== undefined &&
      old.value !== value &&
      instance.program.entries.get(`inspect:${name}`)?.result?.kind !== 'pointer'
    );
  });
  return changed
    .map(({ name, value }) => {
      const old = before.find((field) => field.name === name)?.value ?? 0n;
      return `; ${name} ${fieldText(name, old, instance)} to ${fieldText(name, value, instance)}`;
    })
    .join('');
}

function slotChange(input: DiagnosisInput, record: OperationRecord): Happening | undefined {
  const moves = slotMoves(input, record).replace(/^; /, '');
  if (moves === '' || input.subject === undefined) return undefined;
  const slot = slotName(input.subject, input.instance);
  return { kind: 'slot', text: `slot ${slot} moves from ${moves}` };
}

function verdictText({ violation, lowered }: DiagnosisInput): string {
  const { code, event, object, found, relation, address } = violation;
  const name = violation.variable < 0 ? '' : ` \`${lowered.references[violation.variable] ?? ''}\``;
  const instead = found === 0 ? 'where no object stands' : `object #${found}`;
  if (event === 'reissue')
    return `the bits of the stale reference${name} (object #${object}) were issued again for object #${found}`;
  if (event === 'destroy') return `gave back the memory of object #${found}, which nobody retired`;
  if (event === 'create') return 'no reference was issued';
  if (event === 'resolve') {
    if (code === 'lost-handle') return `refused, although object #${object} is live`;
    const wanted =
      relation === 'live' || relation === 'overlapping' ? `object #${object} was expected` : 'a refusal was expected';
    return `resolved to ${hex(address)}, ${instead}; ${wanted}`;
  }
  if (event === 'touch' && code === 'aba') return `the held pointer reads object #${found}, not object #${object}`;
  return violation.detail === '' ? code : violation.detail;
}

function atTheEnd({ found }: Violation): DiagnosticEvent {
  const text = `${found} retired object${found === 1 ? ' is' : 's are'} never reclaimed`;
  return { kind: 'end', line: 0, statement: 'end of the program', text, thread: 0 };
}
