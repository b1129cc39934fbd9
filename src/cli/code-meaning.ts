// SPDX-License-Identifier: Apache-2.0
import { CATALOGUE, type CatalogueEntry, PROGRAM_ERRORS, REQUEST_FAILURES, type Severity } from '../errors/index.ts';
import { SCHEMA_CODES } from '../resources/index.ts';

/** What a code stands for: of a finding, of a reason in the access log and metrics, or of an error of the program. */
export interface CodeMeaning {
  readonly code: string;
  /** null: not of a finding. */
  readonly severity: Severity | null;
  /** What is the case, in one line. */
  readonly summary: string;
  /** What to do, in one line. */
  readonly help: string;
  /** What clients are told, where the code is the reason of a failed request; null for others. */
  readonly answer: { readonly source: string; readonly httpStatus: number; readonly grpcStatus: number } | null;
}

const SCHEMA_HELP =
  'write what the finding says; an API server would refuse the object, and its version from before the change stays in use';

/** Every code that daemun prints, in the order of docs/errors.md. */
export function allCodes(): readonly CodeMeaning[] {
  const schema = Object.entries(SCHEMA_CODES).map(([code, summary]) => ({
    code,
    severity: 'error' as const,
    summary,
    help: SCHEMA_HELP,
    answer: null,
  }));
  const entries: readonly (readonly [string, CatalogueEntry])[] = Object.entries(CATALOGUE);
  const findings = entries.map(([code, { severity, summary, help }]) => ({
    code,
    severity,
    summary,
    help,
    answer: null,
  }));
  const requests = Object.entries(REQUEST_FAILURES).map(
    ([code, { source, httpStatus, grpcStatus, summary, help }]) => ({
      code,
      severity: null,
      summary,
      help,
      answer: { source, httpStatus, grpcStatus },
    }),
  );
  const program = Object.entries(PROGRAM_ERRORS).map(([code, { summary, help }]) => ({
    code,
    severity: null,
    summary,
    help,
    answer: null,
  }));
  return [...schema, ...findings, ...requests, ...program];
}

/** The meaning of a code; undefined when there is no such code. */
export function describeCode(code: string): CodeMeaning | undefined {
  return allCodes().find(meaning => meaning.code === code);
}
