/** A relation over the numbers below `size`, as a table of truth. Everything here is slow and obvious on purpose. */
export type Relation = readonly (readonly boolean[])[];

export function relation(size: number, holds: (one: number, other: number) => boolean): Relation {
  return Array.from({ length: size }, (_, one) => Array.from({ length: size }, (__, other) => holds(one, other)));
}

export function union(...all: readonly Relation[]): Relation {
  return relation(all[0].length, (one, other) => all.some((each) => each[one][other]));
}

/** Relational composition, left to right. */
export function sequence(...all: readonly Relation[]): Relation {
  return all.reduce((left, right) =>
    relation(left.length, (one, other) => left.some((_, middle) => left[one][middle] && right[middle][other])),
  );
}

export function inverse(given: Relation): Relation {
  return relation(given.length, (one, other) => given[other][one]);
}

export function restricted(given: Relation, holds: (one: number, other: number) => boolean): Relation {
  return relation(given.length, (one, other) => given[one][other] && holds(one, other));
}

/** The identity on the members of a set. */
export function identity(size: number, isMember: (event: number) => boolean = () => true): Relation {
  return relation(size, (one, other) => one === other && isMember(one));
}

/** `r?` */
export function optional(given: Relation): Relation {
  return union(given, identity(given.length));
}

/** `r+` */
export function closure(given: Relation): Relation {
  const result = given.map((row) => [...row]);
  for (let middle = 0; middle < given.length; middle++)
    for (let one = 0; one < given.length; one++)
      for (let other = 0; other < given.length; other++)
        if (result[one][middle] && result[middle][other]) result[one][other] = true;
  return result;
}

export function isIrreflexive(given: Relation): boolean {
  return given.every((row, event) => !row[event]);
}

export function isAcyclic(given: Relation): boolean {
  return isIrreflexive(closure(given));
}

export function isEmpty(given: Relation): boolean {
  return given.every((row) => !row.includes(true));
}
