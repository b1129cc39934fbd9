// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { faultOf } from '../fault.ts';
import type { Named } from '../report.ts';

/** What `find` finds about `subject`, an object or the name of a lint; when it breaks, that it did. */
export function tolerate(subject: Named | string, find: () => readonly Finding[]): readonly Finding[] {
  try {
    return find();
  } catch (error) {
    return [brokenLint(subject, error)];
  }
}

export function brokenLint(subject: Named | string, error: unknown): Finding {
  return faultOf('lint/broken', subject, error);
}
