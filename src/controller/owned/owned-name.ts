// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';

/** Names of Services are DNS labels (RFC 1035), and so long at most; so are values of labels. */
const MAX_LABEL = 63;
const HASH_DIGITS = 10;

/**
 * The name of an object that we make for another: `name-suffix` where that is a DNS label that begins with a letter, else as much
 * of the name as fits with a hash of all of it. Equal names give equal results.
 */
export function ownedName(name: string, suffix: string): string {
  const whole = `${name}-${suffix}`;
  if (whole.length <= MAX_LABEL && /^[a-z][-a-z0-9]*$/.test(name)) return whole;
  const readable = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const begun = /^[a-z]/.test(readable) ? readable : `x${readable}`;
  const kept = begun.slice(0, MAX_LABEL - suffix.length - HASH_DIGITS - 2).replace(/-+$/, '');
  return `${kept}-${hash(name)}-${suffix}`;
}

/** Of the Secret that holds the keys which all replicas of a controller name share. */
export function sharedKeysName(controllerName: string): string {
  return ownedName(controllerName, 'keys');
}

/** A name as the value of a label: itself where it fits, else as much of it as does, with a hash. */
export function labelValue(name: string): string {
  if (name.length <= MAX_LABEL) return name;
  return `${name.slice(0, MAX_LABEL - HASH_DIGITS - 1)}-${hash(name)}`;
}

function hash(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, HASH_DIGITS);
}
