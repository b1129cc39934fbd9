// SPDX-License-Identifier: Apache-2.0

const MAX_DISTANCE = 3;
/** Longer names are compared with nothing: the time that it takes grows with the square of the length. */
const MAX_LENGTH = 64;

/** The name nearest to a misspelt one, if one is near enough; letter case does not count. */
export function similarName(name: string, names: Iterable<string>): string | undefined {
  return similarNames(name, names, 1)[0];
}

/** The `most` names nearest to a misspelt one, nearest first, of equally near ones in the order given. */
export function similarNames(name: string, names: Iterable<string>, most: number): string[] {
  const limit = Math.min(MAX_DISTANCE, Math.ceil(name.length / 3));
  if (name.length > MAX_LENGTH) return [];
  const near: { readonly candidate: string; readonly distance: number }[] = [];
  const wanted = name.toLowerCase();
  for (const candidate of names) {
    // No fewer letters can be inserted or deleted than the lengths differ by.
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance <= limit) near.push({ candidate, distance });
  }
  return near
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** Levenshtein distance: how many letters to insert, delete or replace. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
