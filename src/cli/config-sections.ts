// SPDX-License-Identifier: Apache-2.0

/** What `proxy-config` shows, by name. */
export const CONFIG_SECTIONS = ['listener', 'route', 'cluster', 'endpoint', 'secret'] as const;
export type ConfigSection = (typeof CONFIG_SECTIONS)[number];
