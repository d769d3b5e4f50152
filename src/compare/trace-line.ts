/** What one line of a trace says. Addresses are those of the traced program; 0 is null. */
export type TraceLine =
  | { readonly kind: 'allocate'; readonly address: number; readonly size: number }
  | { readonly kind: 'free'; readonly address: number }
  | { readonly kind: 'reallocate'; readonly from: number; readonly to: number; readonly size: number }
  /** The first half of a reallocation that takes two lines: `from` of the second half. */
  | { readonly kind: 'reallocateFrom'; readonly from: number }
  | { readonly kind: 'reallocateTo'; readonly to: number; readonly size: number };
