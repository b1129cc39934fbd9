// SPDX-License-Identifier: Apache-2.0

/** A field of every answer of the admin interface, by which commands know whom they ask. */
export const ADMIN_MARK = { name: 'x-daemun', value: 'admin' } as const;
