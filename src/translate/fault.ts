// SPDX-License-Identifier: Apache-2.0

import { CATALOGUE, type Finding, type FindingCode, messageOf } from '../errors/index.ts';
import { findingOf, type Named } from './report.ts';

/**
 * What a fault of this program does to `subject`, an object or something that is said, told as a finding: one object must not keep others
 * from being served or from having their statuses. `error`: what was thrown while it was looked at.
 */
export function faultOf(code: FindingCode, subject: Named | string, error: unknown): Finding {
  const { severity, summary, help } = CATALOGUE[code];
  const why = `${summary}: ${messageOf(error)}`;
  if (typeof subject !== 'string') return findingOf(code, subject, { message: why, help });
  return { code, severity, path: [], message: `${subject}: ${why}`, help };
}
