// SPDX-License-Identifier: Apache-2.0

/**
 * Redirections of connections in the kernel of this machine (Linux, nftables). In: virtual addresses with ports, and where connections to
 * them are to end. Out: rules that live as long as this process, and how many connections each took. Never: why, or what
 * is done with those connections.
 */
export { countRedirected } from './redirected-counts.ts';
export { type Redirection, redirectionKey, sameTarget } from './redirection.ts';
export { Redirector, type RedirectorOptions, type RedirectorState } from './redirector.ts';
