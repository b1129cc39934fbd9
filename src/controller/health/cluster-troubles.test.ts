// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WriterState } from '../writing/writer-state.ts';
import { clusterTroubles } from './cluster-troubles.ts';

const WELL: WriterState = {
  ...{ isLeading: true, lease: 'a/l', holder: 'us', leaseTrouble: null },
  writesDue: { statuses: 0, objects: 0, events: 0 },
  refused: { statuses: [], objects: [], events: [] },
  contested: [],
  refusals: { statuses: 0, objects: 0, events: 0 },
};
const FOLLOWED = { failing: null, denied: [], freshness: { state: 'followed' } } as const;

function told(writer: Partial<WriterState>): readonly string[] {
  return clusterTroubles('https://server', FOLLOWED, { ...WELL, ...writer }).map(
    ({ severity, subject, next }) => `${severity} ${subject}: ${next.split(' ').slice(0, 3).join(' ')}`,
  );
}

describe('what is not well between a process and its cluster', () => {
  it('is nothing when all is', () => {
    assert.deepEqual(told({}), []);
  });

  it('names the rights for a kind that may not be written, and who may refuse an object', () => {
    const refused = (what: string) => ({ what, message: '403 no', sinceMs: 0 });
    assert.deepEqual(
      told({ refused: { statuses: [refused('HTTPRoute'), refused('HTTPRoute/a/r')], objects: [], events: [] } }),
      ['error kind HTTPRoute: kubectl describe clusterrole', `error HTTPRoute/a/r: kubectl get ${ADMISSION}`],
    );
  });

  it('warns of what somebody else undoes', () => {
    assert.deepEqual(told({ contested: [{ what: 'Gateway/a/g', sinceMs: 0 }] }), [
      'warning Gateway/a/g: kubectl get leases',
    ]);
  });
});

const ADMISSION =
  'validatingadmissionpolicies,validatingwebhookconfigurations,mutatingwebhookconfigurations,resourcequotas';
