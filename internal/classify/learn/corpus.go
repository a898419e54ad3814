package learn

import (
	"slices"

	"triage/internal/classify/lexicon"
	"triage/internal/classify/network"
)

// unit is a word as written, with its tags: what stands for it in the network
// is the same wherever it occurs.
type unit struct {
	word int32 // of the vectors, -1 for one they do not know
	text string
	tags uint64
}

// corpus is texts as rows of one matrix of inputs.
type corpus struct {
	vectors *Vectors
	only    []bool // the words of the vectors that are known; nil for all
	dim     int
	rows    []float32 // dim numbers a unit: its vector, its tags
	units   map[unit]int32
	words   []int32 // of a unit
	bare    []int32 // the same unit without its word
}

func newCorpus(v *Vectors) *corpus {
	return &corpus{vectors: v, dim: v.Size + network.Tags, units: map[unit]int32{}}
}

// add makes a text ready: an edge, its words, an edge, and blanks for the
// longest filter to look at.
func (c *corpus) add(tokens []lexicon.Input) []int32 {
	edge, blank := c.row(unit{word: -1, tags: lexicon.TagEdge}), c.row(unit{word: -1})
	t := make([]int32, 0, len(tokens)+2+beyond)
	t = append(t, edge)
	for _, k := range tokens {
		u := unit{word: c.vectors.row(k, c.only), tags: k.Tags}
		if u.word < 0 {
			u.text, u.tags = k.Word, u.tags|lexicon.TagUnknown
		}
		t = append(t, c.row(u))
	}
	t = append(t, edge)
	for range beyond {
		t = append(t, blank)
	}
	return t
}

func (c *corpus) row(u unit) int32 {
	if i, ok := c.units[u]; ok {
		return i
	}
	bare := int32(len(c.units))
	if u.word >= 0 || u.text != "" {
		bare = c.row(unit{word: -1, tags: u.tags})
	}
	i := int32(len(c.units))
	c.units[u] = i
	c.words, c.bare = append(c.words, u.word), append(c.bare, bare)
	c.rows = append(c.rows, make([]float32, c.dim)...)
	r := c.rows[int(i)*c.dim:]
	switch {
	case u.word >= 0:
		copy(r, c.vectors.of(u.word))
	case u.text != "":
		c.vectors.compose(r[:c.vectors.Size], u.text)
	}
	for t := range network.Tags {
		if u.tags>>t&1 == 1 {
			r[c.vectors.Size+t] = 1
		}
	}
	return i
}

// versions are a text as it is written, in small letters, with a capital at
// every word, and in capitals.
type versions [4][]int32

// versions makes all of them ready.
func (c *corpus) versions(tokens []lexicon.Input) versions {
	v := versions{c.add(tokens)}
	other := slices.Clone(tokens)
	for k, sign := range [...]uint64{0, lexicon.TagUpper, lexicon.TagUpper | lexicon.TagShout} {
		for i, t := range tokens {
			other[i].Tags = t.Tags &^ (lexicon.TagUpper | lexicon.TagShout)
			if t.Lang != "" {
				other[i].Tags |= sign
			}
		}
		v[k+1] = c.add(other)
	}
	return v
}
