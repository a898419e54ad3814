package learn

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"triage/internal/classify/network"
)

// What skip-gram does; the values of fastText (Bojanowski et al., TACL 2017).
const (
	fieldSize  = 128 // numbers a vector
	fieldParts = 20000
	window     = 5
	negatives  = 5
	sampling   = 1e-4
	startRate  = 0.05
	minCount   = 2 // a word less often than this gets no vector of its own
)

// Field are word vectors learned from texts of the field.
type Field struct {
	size, buckets int
	words         []string // the commonest first
	count         []int
	in            []float32 // words, then parts
}

// units are the rows that make up a word.
func (f *Field) units(w int32) []int32 {
	units := []int32{w}
	for _, p := range network.Parts(bare(f.words[w]), f.buckets, nil) {
		units = append(units, int32(len(f.words))+p)
	}
	return units
}

// bare is a word without the language it is of.
func bare(word string) string {
	if _, w, ok := strings.Cut(word, "|"); ok {
		return w
	}
	return word
}

func (f *Field) mean(dst []float32, units []int32) {
	clear(dst)
	for _, u := range units {
		axpy(1/float32(len(units)), f.in[int(u)*f.size:int(u+1)*f.size], dst)
	}
}

// skipgram learns vectors of words from the words around them.
type skipgram struct {
	*Field
	rng   *rand.Rand
	out   []float32
	unit  [][]int32
	keep  []float64
	noise []int32
	h, g  []float32
}

// LearnVectors learns from texts, given as words, in so many rounds; step is
// told now and then how much is done, from 0 to 1.
func LearnVectors(texts [][]string, rounds int, step func(done float64)) *Field {
	s := &skipgram{Field: vocabulary(texts), rng: rand.New(rand.NewPCG(1, 1))}
	s.prepare()
	index := make(map[string]int32, len(s.words))
	for i, w := range s.words {
		index[w] = int32(i)
	}
	ids, total := make([][]int32, len(texts)), 0
	for k, t := range texts {
		for _, w := range t {
			if i, ok := index[w]; ok {
				ids[k] = append(ids[k], i)
			}
		}
		total += len(ids[k])
	}
	done := 0
	for range rounds {
		for n, i := range s.rng.Perm(len(ids)) {
			part := float64(done) / float64(total*rounds)
			s.line(ids[i], float32(startRate*(1-part)))
			if done += len(ids[i]); n%1000 == 0 {
				step(part)
			}
		}
	}
	return s.Field
}

func vocabulary(texts [][]string) *Field {
	count := map[string]int{}
	for _, t := range texts {
		for _, w := range t {
			count[w]++
		}
	}
	f := &Field{size: fieldSize, buckets: fieldParts}
	for w, n := range count {
		if n >= minCount {
			f.words = append(f.words, w)
		}
	}
	slices.SortFunc(f.words, func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	for _, w := range f.words {
		f.count = append(f.count, count[w])
	}
	return f
}

// prepare sets up where the vectors start, how often each word is left out,
// and what words are drawn as wrong ones.
func (s *skipgram) prepare() {
	s.in = make([]float32, (len(s.words)+s.buckets)*s.size)
	for i := range s.in {
		s.in[i] = (2*s.rng.Float32() - 1) / float32(s.size)
	}
	s.out = make([]float32, len(s.words)*s.size)
	s.h, s.g = make([]float32, s.size), make([]float32, s.size)
	total, sum := 0, 0.0
	for _, n := range s.count {
		total += n
		sum += math.Sqrt(float64(n))
	}
	for i, n := range s.count {
		s.unit = append(s.unit, s.units(int32(i)))
		f := float64(n) / float64(total)
		s.keep = append(s.keep, math.Sqrt(sampling/f)+sampling/f)
		for range int(math.Sqrt(float64(n))/sum*1e6) + 1 {
			s.noise = append(s.noise, int32(i))
		}
	}
}

func (s *skipgram) line(words []int32, rate float32) {
	kept := make([]int32, 0, len(words))
	for _, w := range words {
		if s.rng.Float64() < s.keep[w] {
			kept = append(kept, w)
		}
	}
	for i, w := range kept {
		s.mean(s.h, s.unit[w])
		clear(s.g)
		n := 1 + s.rng.IntN(window)
		for j := max(0, i-n); j <= min(len(kept)-1, i+n); j++ {
			if j != i {
				s.pair(kept[j], rate)
			}
		}
		for _, u := range s.unit[w] {
			axpy(1/float32(len(s.unit[w])), s.g, s.in[int(u)*s.size:int(u+1)*s.size])
		}
	}
}

func (s *skipgram) pair(context int32, rate float32) {
	s.toward(context, 1, rate)
	for range negatives {
		if w := s.noise[s.rng.IntN(len(s.noise))]; w != context {
			s.toward(w, 0, rate)
		}
	}
}

func (s *skipgram) toward(w int32, label, rate float32) {
	out := s.out[int(w)*s.size : int(w+1)*s.size]
	d := rate * (label - sigmoid(dot(s.h, out)))
	axpy(d, out, s.g)
	axpy(d, s.h, out)
}
