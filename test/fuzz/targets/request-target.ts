// SPDX-License-Identifier: Apache-2.0

/**
 * Targets of HTTP requests, and what proxies say of clients in `x-forwarded-for`, as the text of the input. Promised: no exception; a target
 * has one form or a fault, and nothing in that form is read in two ways; the client is an address.
 */
import { AddressRanges, clientAddressOf, normalAddress, normalTarget, targetFault } from '../../../src/values/index.ts';
import { type FuzzTarget, promise } from '../target.ts';

const PEER = '10.0.0.1';
const PROXIES = new AddressRanges(['10.0.0.0/8', '2001:db8::/32']);
const TARGETS = ['/a/./b/../c', '//a///b/', '/%41%2f%5C..;x?q=/../%41', '/..%2fa', '/%zz', '/{é}#x', '*', '/a\\b'];
const CHAINS = ['192.0.2.1, 10.0.0.2', '[2001:db8::1]:80,10.1.1.1:9', 'unknown, _x', '::ffff:10.0.0.9'];

export const requestTargetTarget: FuzzTarget = {
  name: 'request-target',
  dictionary: [
    '/',
    '.',
    '..',
    '%',
    '%2e',
    '%2F',
    '%5c',
    '%25',
    '%00',
    ';',
    '?',
    '#',
    ',',
    ':',
    '[',
    ']',
    '10.0.0.2',
  ].map(text => Buffer.from(text)),
  seeds: [...TARGETS, ...CHAINS].map(text => Buffer.from(text)),
  run(input) {
    const text = input.toString('latin1');
    readTarget(text);
    readTarget(`/${text}`);
    const client = clientAddressOf(text, PEER, PROXIES);
    promise(normalAddress(client) === client, 'the client is an address in its one form');
  },
};

function readTarget(target: string): void {
  const normal = normalTarget(target);
  promise((normal === '' && target !== '') === (targetFault(target) !== undefined), 'a target has a fault or one form');
  promise(normalTarget(normal) === normal, 'the form of a form is itself');
  if (!normal.startsWith('/')) return;
  const [path = ''] = normal.split('?', 1);
  promise(!/\/\/|\/\.\.?(?:\/|$)/.test(path), 'no empty or dot segment is left');
  promise(/^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-F]{2})*$/.test(path), 'a path holds what a URI may hold');
}
