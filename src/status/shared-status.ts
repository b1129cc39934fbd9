// SPDX-License-Identifier: Apache-2.0

/** What the statuses have in common in which several controllers have entries: those of routes and policies. */

/** What such a status is made of besides the object and its outcome. */
export interface SharedStatusParts<S> {
  /** What we wrote last; undefined: look into the object itself. */
  readonly previous: S | undefined;
  /** Controllers whose entries are ours to write, and to remove when what they are about is gone. */
  readonly isOurs: (controllerName: string) => boolean;
  /** RFC 3339. */
  readonly now: string;
}

type Entries = readonly { readonly controllerName: string }[];

/** True when we never had anything to say of an object: it is somebody else's altogether. `written`: the entries it was read with. */
export function isForeign<S>(
  { previous, isOurs }: SharedStatusParts<S>,
  { written, due }: { readonly written: Entries | undefined; readonly due: Entries },
): boolean {
  return previous === undefined && due.length === 0 && written?.some(entry => isOurs(entry.controllerName)) !== true;
}
