/** A distribution's parameter as it is, if it is finite and at least 0; throws a RangeError otherwise. */
export function nonNegative(kind: string, name: string, value: number): number {
  if (value >= 0 && value < Infinity) return value;
  throw new RangeError(`${kind}: ${name} must be a finite number that is not negative, but is ${value}`);
}

/** A distribution's parameter as it is, if it is finite and above 0; throws a RangeError otherwise. */
export function positive(kind: string, name: string, value: number): number {
  if (value > 0 && value < Infinity) return value;
  throw new RangeError(`${kind}: ${name} must be a finite number above 0, but is ${value}`);
}
