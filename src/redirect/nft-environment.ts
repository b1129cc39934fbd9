// SPDX-License-Identifier: Apache-2.0

/** Where nft is, besides `PATH`, which lacks these for users other than root. */
const SYSTEM_FOLDERS = '/usr/local/sbin:/usr/sbin:/sbin';

/** What nft is started with: messages that we can read, and no home, in which it would keep a history. */
export function nftEnvironment(): NodeJS.ProcessEnv {
  return { PATH: `${process.env['PATH'] ?? ''}:${SYSTEM_FOLDERS}`, HOME: '/nonexistent', TERM: 'dumb', LC_ALL: 'C' };
}
