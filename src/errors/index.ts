// SPDX-License-Identifier: Apache-2.0

/** What can go wrong, as data: findings about resources, coded errors of the program, and their catalogue. */
export type { Finding, ResourceRef, Severity, SourcePlace } from './finding.ts';
