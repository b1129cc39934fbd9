// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { forwardedProto, isDroppedAtEdge, isHiddenFromRules } from './edge-fields.ts';

const ALWAYS = ['x-envoy-internal', 'x-envoy-', 'x-envoy-livenessprobe-2', 'x-envoy-upstream-service-time'];
const UNLESS_TRUSTED = ['x-forwarded-client-cert', 'x-forwarded-host', 'forwarded', 'x-real-ip', 'x-original-url'];
const NEVER = ['x-envoy-livenessprobe', 'x-envoy', 'x-forwarded-for', 'x-forwarded-proto', 'x-envoys', '', ':path'];

describe('fields that are dropped at the edge', () => {
  it('are what clients are not believed', () => {
    for (const name of [...ALWAYS, ...UNLESS_TRUSTED]) assert.equal(isDroppedAtEdge(name, false), true, name);
    for (const name of NEVER) assert.equal(isDroppedAtEdge(name, false), false, name);
  });

  it('are only those of Envoy where a trusted proxy sends them', () => {
    for (const name of ALWAYS) assert.equal(isDroppedAtEdge(name, true), true, name);
    for (const name of [...UNLESS_TRUSTED, ...NEVER]) assert.equal(isDroppedAtEdge(name, true), false, name);
  });
});

describe('fields that no rule sees', () => {
  it('are those that are dropped, and those of the connection but for what an upgrade asks for', () => {
    for (const name of [...ALWAYS, 'connection', 'keep-alive', 'proxy-connection', 'transfer-encoding'])
      assert.equal(isHiddenFromRules(name, true), true, name);
    for (const name of [...UNLESS_TRUSTED, 'upgrade', 'te', 'host', 'content-length'])
      assert.equal(isHiddenFromRules(name, true), false, name);
    for (const name of UNLESS_TRUSTED) assert.equal(isHiddenFromRules(name, false), true, name);
  });
});

describe('the scheme of a request', () => {
  it("is the connection's, unless a trusted proxy says one", () => {
    assert.equal(forwardedProto('https', false, 'http'), 'http');
    assert.equal(forwardedProto('https', true, 'http'), 'https');
    assert.equal(forwardedProto('http', true, 'https'), 'http');
    for (const said of [undefined, '', 'ftp', 'HTTPS', 'https, http'])
      assert.equal(forwardedProto(said, true, 'http'), 'http', said);
  });
});
