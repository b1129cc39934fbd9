// SPDX-License-Identifier: Apache-2.0

/** What can go wrong, as data: findings about resources, coded errors of the program, and their catalogue. */
export { CATALOGUE, type FindingCode, severityOf } from './catalogue.ts';
export type { CatalogueEntry } from './catalogue-entry.ts';
export { DaemunError, type DaemunErrorOptions, messageOf } from './daemun-error.ts';
export { fileFault } from './file-fault.ts';
export {
  type Finding,
  MAX_LISTED_FINDINGS,
  MAX_ROUTE_FINDINGS,
  type ReferenceTarget,
  type ResourceRef,
  type Severity,
  type SourcePlace,
} from './finding.ts';
export { gravestFindings, type ListedFindings, moreFindings } from './gravest-findings.ts';
export { PROGRAM_ERRORS, type ProgramError, type ProgramErrorCode } from './program-errors.ts';
export type { FailureSource, RequestFailure } from './request-failure.ts';
export { FAILURE_DOMAIN, failureSource, REQUEST_FAILURES, type RequestFailureReason } from './request-failures.ts';
