import { defineConfig } from 'provsim';
import { myTable } from './my-table.mjs';

export default defineConfig({
  representations: [myTable],
  // Cases that are replayed before every search. A finding that you want to keep goes there: provsim corpus merge .provsim/findings corpus
  corpus: 'corpus',
  // What `provsim fuzz` does unless its options say otherwise.
  fuzz: { time: '30s' },
});
