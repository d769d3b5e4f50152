import * as fc from 'fast-check';
import { OBJECT_KINDS } from '../../src/model/machine/object-kinds.js';
import { MACHINE_SETTINGS } from '../../src/model/vocabulary/machine.js';
import { VERDICTS } from '../../src/model/vocabulary/verdicts.js';
import { oneSlot } from './workshop.js';
const comment = fc
    .string({ unit: 'grapheme', maxLength: 12 })
    .map(cleaned)
    .filter((text) => text !== '');
const leading = fc.oneof(fc.constant([]), fc.constant(['']), fc.tuple(comment).map(([text]) => [text]), fc.tuple(comment, comment).map(([first, second]) => ['', first, '', second, '']));
/** A text without the characters that no text file of ours has, and without white space around it. */
function cleaned(text) {
    return text.replace(/[\p{Cc}\p{Cs}\uFFFD]/gu, '').trim();
}
/** Any scenario of the one-slot table, comments included, in the shape in which the parser returns it (lines and columns are 0). */
export const scenarios = fc
    .record({
    numbers: fc.array(fc.nat(), { minLength: 40, maxLength: 300 }),
    trivia: fc.array(fc.record({ leading, comment: fc.option(comment, { nil: undefined }) }), {
        minLength: 1,
        maxLength: 9,
    }),
    notes: fc.array(comment, { maxLength: 3 }),
    bits: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
})
    .map(({ numbers, trivia, notes, bits }) => {
    let at = 0;
    const draw = (limit) => (numbers[at++ % numbers.length] ?? 0) % limit;
    return new Composer(draw, trivia, bits).scenario(notes);
});
class Composer {
    #draw;
    #trivia;
    #bits;
    constructor(draw, trivia, bits) {
        this.#draw = draw;
        this.#trivia = trivia;
        this.#bits = bits;
    }
    scenario(notes) {
        const draw = this.#draw;
        const parameters = { generationBits: 2 + draw(7), onWrap: ['wrap', 'retire'][draw(2)], poisons: draw(2) === 1 };
        const machine = Object.fromEntries(MACHINE_SETTINGS.map(({ name, values }) => [name, values[draw(values.length)]]));
        const schedule = Array.from({ length: draw(2) * draw(80) }, () => this.#choice());
        return {
            file: 'f',
            representation: oneSlot,
            parameters,
            machine,
            client: 'bypass',
            expect: VERDICTS[draw(VERDICTS.length)].code,
            notes,
            threads: this.#threads(),
            schedule,
            ...this.#comments(notes.length, schedule.length > 0),
        };
    }
    #choice() {
        const draw = this.#draw;
        return [{ thread: draw(3) }, { thread: 1 }, { read: draw(9) }, { address: draw(9) }][draw(4)];
    }
    #threads() {
        if (this.#draw(2) === 0)
            return [{ thread: 0, statements: this.#statements([0], 4) }];
        return [0, 1, 7].map((thread) => ({ thread, statements: this.#statements([0, 1, 7], 3, thread), ...this.#some() }));
    }
    /** Statements that set what they use: every list begins with the variables that the others name. */
    #statements(threads, depth, thread = 0) {
        const setup = [
            {
                op: 'alloc',
                target: 'a',
                kind: OBJECT_KINDS[this.#draw(5)],
                size: this.#draw(2) === 0 ? 32 : 16 + this.#draw(2 ** 20 - 15),
            },
            { op: 'copy', target: 'b2', name: 'a' },
        ];
        const others = Array.from({ length: this.#draw(6) }, () => this.#operation(threads, thread, depth < 4 && depth !== 3));
        return [...setup, ...others].map((operation) => this.#statement(operation, threads, depth, thread));
    }
    #statement(operation, threads, depth, thread) {
        const during = [];
        if (depth > 1 && this.#draw(5) === 0)
            during.push({
                callback: 'run-finalizer',
                statements: this.#statements(threads, depth - 1 > 2 ? 2 : depth - 1, thread),
                ...this.#some(),
            });
        if (this.#draw(7) === 0)
            during.push({
                callback: 'allocation',
                statements: [{ op: 'panic', line: 0, column: 0, ...this.#some() }],
                ...this.#some(),
            });
        return { ...operation, line: 0, column: 0, ...(during.length === 0 ? {} : { during }), ...this.#some() };
    }
    #operation(threads, thread, inside) {
        const draw = this.#draw;
        const name = ['a', 'b2'][draw(2)];
        const others = threads.filter((each) => each !== thread);
        const choices = [
            { op: 'free', name },
            { op: 'use', name },
            { op: 'forge', target: 'free-list_9', bits: this.#bits },
            { op: 'corrupt', target: 'a', name, bit: draw(64) },
            { op: 'abandon', name },
            { op: 'churn', times: 1 + (this.#draw(2 ** 20) + 1) * this.#draw(2 ** 20), kind: OBJECT_KINDS[draw(5)] },
            { op: 'stall' },
            { op: 'extra', extra: 'reset', arguments: [] },
            { op: 'extra', extra: 'grow', arguments: [{ number: this.#bits & 255n }] },
            { op: 'extra', extra: 'swap', arguments: [{ reference: 'a' }, { reference: name }] },
            ...(others.length === 0 ? [] : [{ op: 'send', name, thread: others[draw(others.length)] }]),
            ...(inside ? [{ op: 'panic' }] : []),
        ];
        return choices[draw(choices.length)];
    }
    #some() {
        const trivia = this.#trivia[this.#draw(this.#trivia.length)];
        const isEmpty = trivia.leading.length === 0 && trivia.comment === undefined;
        return isEmpty || this.#draw(3) > 0 ? {} : { trivia };
    }
    #comments(notes, hasSchedule) {
        if (this.#draw(2) === 0)
            return {};
        const format = this.#draw(2) === 0 ? undefined : { leading: ['first'], comment: undefined };
        const last = this.#trivia[0].leading;
        return {
            comments: {
                ...(format === undefined ? {} : { format }),
                header: {
                    representation: { leading: format === undefined ? ['top'] : ['', 'top'], comment: 'why' },
                    client: { leading: ['', 'who'], comment: undefined },
                },
                notes: Array.from({ length: notes }, (_, index) => index === 0 ? { leading: ['n'], comment: undefined } : undefined),
                ...(hasSchedule ? { schedule: { leading: ['steps'], comment: undefined } } : {}),
                trailing: last.at(-1) === '' ? [] : last,
            },
        };
    }
}
