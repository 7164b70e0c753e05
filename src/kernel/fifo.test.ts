import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fifo } from "./fifo.ts";

describe("Fifo", () => {
  it("gives items back in the order in which they came", () => {
    const fifo = new Fifo<string>();
    fifo.push("a");
    fifo.push("b");
    expect([fifo.length, fifo.peek(), fifo.shift(), fifo.shift(), fifo.length]).toEqual([
      2,
      "a",
      "a",
      "b",
      0,
    ]);
  });

  it("has nothing to give when it is empty", () => {
    const fifo = new Fifo<string>();
    expect([fifo.peek(), fifo.shift(), fifo.length]).toEqual([undefined, undefined, 0]);
  });

  it("deletes the first occurrence only", () => {
    const fifo = new Fifo<string>();
    for (const item of ["a", "b", "a"]) fifo.push(item);
    expect([fifo.delete("a"), fifo.delete("c"), ...fifo]).toEqual([true, false, "b", "a"]);
  });

  it("behaves as an array does, whatever is done to it", () => {
    const operation = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant("push"), item: fc.nat(9) }) },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant("shift"), item: fc.constant(0) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete"), item: fc.nat(9) }) },
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 300, size: "max" }), (operations) => {
        const fifo = new Fifo<number>();
        const array: number[] = [];
        for (const { kind, item } of operations) {
          if (kind === "push") {
            fifo.push(item);
            array.push(item);
          } else if (kind === "shift") expect(fifo.shift()).toBe(array.shift());
          else {
            const index = array.indexOf(item);
            if (index >= 0) array.splice(index, 1);
            expect(fifo.delete(item)).toBe(index >= 0);
          }
          expect([fifo.length, fifo.peek()]).toEqual([array.length, array[0]]);
        }
        expect([...fifo]).toEqual(array);
        fifo.clear();
        expect([fifo.length, fifo.peek(), ...fifo]).toEqual([0, undefined]);
      }),
    );
  });
});
