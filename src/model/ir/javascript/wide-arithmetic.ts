/**
 * What generated code calls for 64-bit words in int32 halves. Everything here is small enough for the JIT to inline.
 */

/** The high 32 bits of the 64-bit product of two int32s read as unsigned, from products of 16-bit pieces. */
export function multiplyHigh(left: number, right: number): number {
  const leftLow = left & 0xffff;
  const leftHigh = left >>> 16;
  const rightLow = right & 0xffff;
  const rightHigh = right >>> 16;
  // No sum here exceeds 2^32 - 1, so an int32 holds each of them when it is read as unsigned.
  const middle = (Math.imul(leftHigh, rightLow) + (Math.imul(leftLow, rightLow) >>> 16)) | 0;
  const carried = (Math.imul(leftLow, rightHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(leftHigh, rightHigh) + (middle >>> 16) + (carried >>> 16)) | 0;
}

/** The amount of a shift of a wide word: 64 stands for its width or more. */
export function shiftAmount(low: number, high: number, width: number): number {
  return high === 0 && low >>> 0 < width ? low : 64;
}

export function shiftLeftLow(low: number, amount: number): number {
  return amount < 32 ? low << amount : 0;
}

export function shiftLeftHigh(low: number, high: number, amount: number): number {
  if (amount === 0) return high;
  if (amount < 32) return (high << amount) | (low >>> (32 - amount));
  return amount < 64 ? low << (amount - 32) : 0;
}

export function shiftRightLow(low: number, high: number, amount: number): number {
  if (amount === 0) return low;
  if (amount < 32) return (low >>> amount) | (high << (32 - amount));
  return amount < 64 ? (high >>> (amount - 32)) | 0 : 0;
}

export function shiftRightHigh(high: number, amount: number): number {
  return amount < 32 ? (high >>> amount) | 0 : 0;
}

/** `high` has its sign in bit 31. */
export function signedShiftRightLow(low: number, high: number, amount: number): number {
  if (amount === 0) return low;
  if (amount < 32) return (low >>> amount) | (high << (32 - amount));
  return high >> (amount < 64 ? amount - 32 : 31);
}

export function signedShiftRightHigh(high: number, amount: number): number {
  return high >> (amount < 32 ? amount : 31);
}
