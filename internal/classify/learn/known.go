package learn

import (
	"cmp"
	"slices"

	"triage/internal/classify/network"
)

// counts says how often each word of the vectors occurs in the examples that
// a network without a fold sees; in all of them if there is no such fold.
func (s *session) counts(fold int) []int {
	n := make([]int, s.Vectors.Words)
	for i := range s.examples {
		if s.fold[i] == fold {
			continue
		}
		for _, k := range s.examples[i].Tokens {
			if r := s.Vectors.row(k, nil); r >= 0 {
				n[r]++
			}
		}
	}
	return n
}

// seen are the words that a network without a fold knows: who met a word only
// in the fold would have it from its parts.
func (s *session) seen(fold int) []bool {
	known := make([]bool, s.Vectors.Words)
	for r, n := range s.counts(fold) {
		known[r] = n > 0
	}
	return known
}

// known are the words of the finished network, the commonest first: in the
// field, or in the examples if no others are known.
func (s *session) known() []int32 {
	rows := make([]int32, 0, s.Vectors.Words)
	if !s.OnlySeen {
		for r := range s.Vectors.Words {
			rows = append(rows, int32(r))
		}
		return rows
	}
	counts := s.counts(s.Folds)
	for r, n := range counts {
		if n > 0 {
			rows = append(rows, int32(r))
		}
	}
	slices.SortStableFunc(rows, func(a, b int32) int { return cmp.Compare(counts[b], counts[a]) })
	return rows
}

// weights are the numbers of a trained network.
func (s *session) weights(t *trainer) *network.Weights {
	w := &network.Weights{W: t.net.w, Bias: t.net.bias, Head: t.head, Out: t.net.out}
	v := s.Vectors
	w.Name, w.Purpose, w.Filters, w.Size = s.Name, s.Purpose, s.Shape.Filters, v.Size
	for _, r := range s.known() {
		vector := slices.Clone(v.of(r))
		axpy(1, t.delta[int(r)*v.Size:(int(r)+1)*v.Size], vector)
		w.Words = append(w.Words, network.Word{Hash: v.hash[r], Vector: vector})
	}
	w.Common = min(s.Common, len(w.Words))
	for p := range v.Parts {
		w.PartVectors = append(w.PartVectors, v.parts[p*v.Size:(p+1)*v.Size])
	}
	return w
}
