import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/model/scenario/parser.js';
import { InputError } from '../../src/model/vocabulary/input-error.js';
import { IDS, lookup } from './workshop.js';
function errorOf(text) {
    try {
        parseScenario(text, 'f', lookup, IDS);
    }
    catch (error) {
        if (error instanceof InputError)
            return error.render();
        throw error;
    }
    return 'no error';
}
const HEADER = 'representation one-slot-2\n';
const A = `${HEADER}a = alloc list\n`;
const STATEMENTS = 'x = alloc | copy | forge | corrupt, free, use, hold, touch, drop, abandon, send, churn, stall';
describe('header', () => {
    it.each([
        ['', "f:1:1: expected 'representation ID' first, found the end of the file"],
        ['# only\n', "f:1:1: expected 'representation ID' first, found the end of the file"],
        ['format 2\nrepresentation handle-table', "f:1:8: expected format 1, found '2'"],
        ['client any\n', "f:1:1: expected 'representation ID' first, found 'client'"],
        ['representation', 'f:1:15: expected the id of a representation, found the end of the line'],
        [
            'representation handel-table',
            "f:1:16: expected a representation (handle-table, molt-handle-table-v1, molt-opaque-slab, one-slot-2), found 'handel-table'; did you mean 'handle-table'?",
        ],
        [
            'representation __proto__',
            "f:1:16: expected a representation (handle-table, molt-handle-table-v1, molt-opaque-slab, one-slot-2), found '__proto__'",
        ],
        [
            'representation one-slot-2 generationbits=3',
            "f:1:27: expected a parameter of one-slot-2 (generationBits, onWrap, poisons), found 'generationbits'; did you mean 'generationBits'?",
        ],
        [
            'representation one-slot-2 constructor=3',
            "f:1:27: expected a parameter of one-slot-2 (generationBits, onWrap, poisons), found 'constructor'",
        ],
        [
            'representation one-slot-2 generationBits=9',
            "f:1:42: expected a whole number from 1 to 8 for generationBits, found '9'",
        ],
        [
            'representation one-slot-2 generationBits=',
            'f:1:42: expected a whole number from 1 to 8 for generationBits, found nothing',
        ],
        [
            'representation one-slot-2 onWrap=retired',
            "f:1:34: expected wrap or retire for onWrap, found 'retired'; did you mean 'retire'?",
        ],
        ['representation one-slot-2 poisons=1', "f:1:35: expected true or false for poisons, found '1'"],
        ['representation one-slot-2 poisons', "f:1:27: expected a parameter name=value, found 'poisons'"],
        ['representation one-slot-2 poisons=true poisons=true', "f:1:40: expected every name once, found 'poisons'"],
        ['representation one-slot-2 poisons=true generationBits=1', 'f:1:55: one-slot-2: poisons needs 2 bits'],
        [`${HEADER}machine model=tso`, "f:2:15: expected sc or rc11 for model, found 'tso'"],
        [
            `${HEADER}machine modle=sc`,
            "f:2:9: expected a machine setting (addresses, hostBits, placement, provenance, alignment, model), found 'modle'; did you mean 'model'?",
        ],
        [
            `${HEADER}machine addresses=quarantine`,
            "f:2:19: expected lifo, bump, reuse or quarantine:N for addresses, found 'quarantine'; did you mean 'quarantine:N'?",
        ],
        [`${HEADER}machine hostBits=64`, "f:2:18: expected 32, 47, 48, 52 or 57 for hostBits, found '64'"],
        [`${HEADER}machine\n`, 'f:2:8: expected a machine setting name=value, found the end of the line'],
        [`${HEADER}client all`, "f:2:8: expected a client contract (exclusive, valid, any, bypass), found 'all'"],
        [`${HEADER}client valid any`, "f:2:14: expected the end of the line, found 'any'"],
        [`${HEADER}client valid\nclient any`, "f:3:1: expected one 'client' line, found 'client'"],
        [
            `${HEADER}expect use-after-fre`,
            "f:2:8: expected a verdict code or 'clean', found 'use-after-fre'; did you mean 'use-after-free'?",
        ],
        [`${HEADER}note`, 'f:2:5: expected the text of the note, found the end of the line'],
        [
            `${HEADER}mutant drop-guard:resolve/same`,
            "f:2:8: expected a mutant of one-slot-2 (which has none), found 'drop-guard:resolve/same'",
        ],
        [
            'representation handle-table\nmutant drop-guard:resolve/same-generaton',
            /^f:2:8: expected a mutant of handle-table \(.*\), found 'drop-guard:resolve\/same-generaton'; did you mean 'drop-guard:resolve\/same-generation'\?$/,
        ],
        [`${A}client any`, "f:3:1: expected header lines before the statements only, found 'client'"],
        [`${A}note late`, "f:3:1: expected header lines before the statements only, found 'note'"],
        [HEADER, 'f:1:26: expected a statement below, found the end of the line'],
        [`${HEADER}schedule 0`, "f:2:1: expected a statement before the schedule, found 'schedule'"],
    ])('%j', (text, error) => {
        if (typeof error === 'string')
            expect(errorOf(text)).toBe(error);
        else
            expect(errorOf(text)).toMatch(error);
    });
});
describe('statements', () => {
    it.each([
        [
            'fre a',
            `expected a statement (${STATEMENTS}; extras of one-slot-2: reset, grow, evict, swap, peek), found 'fre'; did you mean 'free'?`,
            1,
        ],
        [
            'restet',
            `expected a statement (${STATEMENTS}; extras of one-slot-2: reset, grow, evict, swap, peek), found 'restet'; did you mean 'reset'?`,
            1,
        ],
        [
            'compact',
            `expected a statement (${STATEMENTS}; extras of one-slot-2: reset, grow, evict, swap, peek), found 'compact'`,
            1,
        ],
        [
            'extra',
            `expected a statement (${STATEMENTS}; extras of one-slot-2: reset, grow, evict, swap, peek), found 'extra'`,
            1,
        ],
        ['?', "expected a statement, found '?'", 1],
        ['b = ', "expected a way to set 'b' (alloc, copy, forge, corrupt), found the end of the line", 4],
        ['b = free a', "expected a way to set a variable (alloc, copy, forge, corrupt), found 'free'", 5],
        [
            'b = aloc list',
            "expected a way to set a variable (alloc, copy, forge, corrupt), found 'aloc'; did you mean 'alloc'?",
            5,
        ],
        ['alloc list', "expected a variable and '=' before 'alloc', found 'alloc'", 1],
        ['b = alloc lst', "expected a kind (object, list, dict, string, buffer), found 'lst'; did you mean 'list'?", 11],
        ['b = alloc', 'expected a kind (object, list, dict, string, buffer), found the end of the line', 10],
        ['b = alloc list 15', "expected a size in bytes from 16 to 1048576, found '15'", 16],
        ['b = alloc list 1048577', "expected a size in bytes from 16 to 1048576, found '1048577'", 16],
        ['b = alloc list big', "expected a size in bytes, found 'big'", 16],
        ['free = alloc list', "expected the name of a variable, found the word 'free'", 1],
        ['free b', "expected a reference that is set before, found 'b'", 6],
        ['free', 'expected a reference variable, found the end of the line', 5],
        ['free a a', "expected the end of the line, found 'a'", 8],
        ['free a:', "expected the end of the line, found ':'", 7],
        ['free a {', "expected the end of the line, found '{'", 8],
        ['}', "expected a statement, found '}'", 1],
        ['touch a', "expected a pointer that 'hold' keeps, found the reference 'a'", 7],
        ['touch p', "expected a pointer that 'hold' keeps, found 'p'", 7],
        ['hold p a', "expected '=', found 'a'", 8],
        ['hold a = a', "expected a name that is no reference, found the reference 'a'", 6],
        ['b = forge 0x10000000000000000', "expected up to 64 bits below 2^64, found '0x10000000000000000'", 11],
        ['b = forge -1', "expected up to 64 bits, found '-1'", 11],
        ['b = corrupt a 64', "expected a bit number from 0 to 63, found '64'", 15],
        ['churn 0 list', "expected how many times from 1 to 1099511627776, found '0'", 7],
        ['churn 1099511627777 list', "expected how many times from 1 to 1099511627776, found '1099511627777'", 7],
        [
            'abandon a',
            "expected a statement that 'client any' allows ('abandon' needs 'client bypass'), found 'abandon'",
            1,
        ],
        ['send a to thread 1', "expected a thread block to send to, found '1'", 18],
        ['send a thread 1', "expected 'to', found 'thread'", 8],
        ['panic', "expected 'panic' inside a 'during' block only, found 'panic'", 1],
        ['reset a', "expected the end of the line, found 'a'", 7],
        ['grow', "expected a number for 'slots', found the end of the line", 5],
        ['grow 256', "expected a number for 'slots' from 0 to 255, found '256'", 6],
        ['evict 5', "expected a reference for 'reference', found '5'", 7],
        ['swap a b', "expected a reference that is set before, found 'b'", 8],
        ['peek a 1', "expected a pointer that 'hold' keeps, found the reference 'a'", 6],
        ['schedule', "expected a thread number, 'read N' or 'address N', found the end of the line", 9],
        ['schedule 65', "expected a thread number, 'read N' or 'address N' from 0 to 64, found '65'", 10],
        ['schedule 0 read x', "expected a number, found 'x'", 17],
        ['schedule 0*0', "expected how many steps from 1 to 1000000, found '0'", 12],
        ['schedule 0*1000000 1', "expected at most 1000000 choices, found '1'", 20],
        ['thread 1:', "expected statements alone, or all of them in blocks ('main:', 'thread N:'), found 'thread'", 1],
        ['  free a', 'expected 0 spaces of indentation, found 2', 3],
    ])('%s', (line, error, column) => {
        expect(errorOf(`${A}${line}\n`)).toBe(`f:3:${column}: ${error}`);
    });
    it.each([
        ['hold p = a\nhold p = a', "f:4:6: expected a name that holds nothing ('drop' ends a hold), found the pointer 'p'"],
        ['hold p = a\np = alloc list', "f:4:1: expected a name that is no pointer, found the pointer 'p'"],
        ['hold p = a\nuse p', "f:4:5: expected a reference, found the pointer 'p'"],
        ['hold p = a\ndrop p\ntouch p', "f:5:7: expected a pointer that 'hold' keeps, found 'p'"],
        [
            'handle = copy a\nuse handel',
            "f:4:5: expected a reference that is set before, found 'handel'; did you mean 'handle'?",
        ],
        ['schedule 0\nfree a', "f:4:1: expected 'schedule', found 'free'"],
        [
            'free a\nduring finaliser:\n  use a',
            "f:4:8: expected a callback of one-slot-2 (allocation, run-finalizer), found 'finaliser'",
        ],
        ['free a\nduring run-finalizer:', 'f:4:22: expected an indented statement below, found the end of the line'],
        ['free a\nduring run-finalizer\n', "f:4:21: expected ':', found the end of the line"],
        ['free a\nduring run-finalizer:\n  use b', "f:5:7: expected a reference that is set before, found 'b'"],
        ['b = alloc list\nduring run-finalizer:\n  use b', "f:5:7: expected a reference that is set before, found 'b'"],
        [
            'free a\nduring run-finalizer:\n  use a\nduring run-finalizer:\n  use a',
            "f:6:8: expected every callback once, found 'run-finalizer'",
        ],
        ['free a\nduring allocation:\n  use a', "f:5:3: expected 'panic': nothing else happens at allocation, found 'use'"],
        [
            'free a\nduring allocation:\n  reset',
            "f:5:3: expected 'panic': nothing else happens at allocation, found 'reset'",
        ],
    ])('%j', (lines, error) => {
        expect(errorOf(`${A}${lines}\n`)).toBe(error);
    });
});
describe('threads', () => {
    it.each([
        ['during run-finalizer:\n  stall', "f:2:1: expected a statement before 'during', found 'during'"],
        ['main:', 'f:2:6: expected an indented statement below, found the end of the line'],
        ['main\n', "f:2:5: expected ':', found the end of the line"],
        ['main: stall', "f:2:7: expected the end of the line, found 'stall'"],
        ['thread 0:\n  stall', "f:2:8: expected a thread number from 1 to 64, found '0:'"],
        ['thread 65:\n  stall', "f:2:8: expected a thread number from 1 to 64, found '65:'"],
        ['thread 1:\n  stall\nthread 1:\n  stall', "f:4:1: expected every thread once, found 'thread'"],
        [
            'main:\n  stall\nstall',
            "f:4:1: expected 'main:', 'thread N:' or 'schedule' after the first block, found 'stall'",
        ],
        ['main:\n  stall\n   stall', 'f:4:4: expected 2 spaces of indentation, found 3'],
        [
            'main:\n  a = alloc list\nthread 1:\n  use a',
            "f:5:7: expected a reference of thread 1 ('send a to thread 1' hands it over), found 'a' of another thread",
        ],
        ['main:\n  a = alloc list\n  send a to thread 0', "f:4:20: expected a thread block to send to, found '0'"],
        [
            'main:\n  a = alloc list\n  send a to thread 2\nthread 1:\n  stall',
            "f:4:20: expected another thread (1), found '2'",
        ],
        [
            'main:\n  send a to thread 1\nthread 1:\n  send a to thread 0',
            "f:3:8: expected a reference that is set before, found 'a'",
        ],
        [
            'main:\n  a = alloc list\n  send a to thread 1\nthread 1:\n  hold a = a',
            "f:6:8: expected a name that is no reference, found the reference 'a'",
        ],
    ])('%j', (lines, error) => {
        expect(errorOf(`${HEADER}${lines}\n`)).toBe(error);
    });
});
describe('text', () => {
    it.each([
        [`${A}free\0 a`, 'f:3:5: expected text, found a NUL byte'],
        [`${A}# \u001b[31m`, 'f:3:3: expected text, found the control character U+001B'],
        [`${A}# \ufffd`, 'f:3:3: expected UTF-8 text, found bytes that are not UTF-8'],
        [`${A}# \ud800`, 'f:3:3: expected UTF-8 text, found bytes that are not UTF-8'],
        [`${A}free a\ruse a`, 'f:3:7: expected a line feed, found a lone carriage return'],
        [`${A}# ${'x'.repeat(9_999)}`, 'f:3:10001: expected at most 10000 characters in a line, found more'],
        [`${A}# ${'x'.repeat(9_998)}\r\n`, 'no error'],
        [`${A}# \u{1f600}`, 'no error'],
        [`${A}${'#\u00e9\u{1f600}\n'.repeat(524_288)}`, 'f:524285:5: expected a file of at most 4 MiB, found a larger one'],
    ])('%#', (text, error) => {
        expect(errorOf(text)).toBe(error);
    });
});
