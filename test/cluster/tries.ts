// SPDX-License-Identifier: Apache-2.0

/** Tries that a new Pod, Secret or route may take until kube-proxy, DNS and daemun know of it. */
const TRIES = 20;

/** What is found, as soon as it is good; else what is found last. */
export function eventually<Found>(look: () => Found, isGood: (found: Found) => boolean): Found {
  let found = look();
  for (let i = 1; i < TRIES && !isGood(found); i++) found = look();
  return found;
}
