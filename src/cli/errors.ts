// SPDX-License-Identifier: Apache-2.0
import { similarNames } from '../values/index.ts';
import { allCodes, type CodeMeaning, describeCode } from './code-meaning.ts';
import { EXIT, usageError } from './exit-code.ts';
import { type OutputFormat, writeData } from './output-format.ts';
import { type Paint, paintFor } from './paint.ts';
import { formatTable } from './table.ts';
import type { Terminal } from './terminal.ts';

/** Close codes named at most. */
const MAX_NAMED = 3;

/** What a code is found by that begins so. */
const MIN_START = 4;

/** `errors [CODE]`: one code, or all. Throws a usage error that names close ones where there is no such code. */
export function runErrors(code: string | undefined, { output }: { output: OutputFormat }, terminal: Terminal): number {
  if (code === undefined) {
    const codes = allCodes();
    if (writeData(terminal, output, codes)) return EXIT.ok;
    const rows = codes.map(({ code: name, severity, summary }) => [name, severity ?? '-', summary]);
    terminal.out(formatTable(['CODE', 'SEVERITY', 'MEANING'], rows));
    return EXIT.ok;
  }
  const meaning = findCode(code);
  if (!writeData(terminal, output, meaning)) terminal.out(meaningText(meaning, paintFor(terminal)));
  return EXIT.ok;
}

/** By the whole code, or by its last part where that is enough. */
function findCode(text: string): CodeMeaning {
  const wanted = text
    .trim()
    .toLowerCase()
    .replace(/[:,.]$/, '');
  const found = describeCode(wanted);
  if (found !== undefined) return found;
  const codes = allCodes();
  const ending = codes.filter(({ code }) => code.endsWith(`/${wanted}`));
  if (ending.length === 1 && ending[0] !== undefined) return ending[0];
  const names = codes.map(({ code }) => code);
  const last = wanted.split('/').at(-1) ?? wanted;
  const near = new Set([
    ...ending.map(({ code }) => code),
    ...names.filter(code => wanted.length >= MIN_START && code.startsWith(wanted)),
    ...similarNames(wanted, names, MAX_NAMED),
    ...names.filter(code => code.endsWith(`/${last}`)),
    ...similarNames(last, names.map(lastPart), MAX_NAMED).flatMap(part =>
      names.filter(code => lastPart(code) === part),
    ),
  ]);
  const hint = near.size === 0 ? '' : `Did you mean ${[...near].slice(0, MAX_NAMED).join(' or ')}?\n`;
  throw usageError(`there is no code "${text}"`, `${hint}daemun errors lists all of them`);
}

function lastPart(code: string): string {
  return code.slice(code.indexOf('/') + 1);
}

function meaningText({ code, severity, summary, help, answer }: CodeMeaning, paint: Paint): string {
  const rows = [
    ['What', summary],
    ['Do', help],
    ...(severity === null ? [] : [['Severity', severity]]),
    ...(answer === null
      ? []
      : [
          ['Whose doing', answer.source],
          ['Clients get', `HTTP ${answer.httpStatus}; with gRPC status ${answer.grpcStatus}`],
        ]),
  ];
  return `${paint('bold', code)}\n${formatTable([], rows, '  ')}`;
}
