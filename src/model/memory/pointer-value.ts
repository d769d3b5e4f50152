/** A pointer as an object, for operations on two of them: int32 halves of the address, and the provenance. */
export class PointerValue {
  low = 0;
  high = 0;
  provenance = 0;

  set(low: number, high: number, provenance: number): this {
    this.low = low;
    this.high = high;
    this.provenance = provenance;
    return this;
  }
}
