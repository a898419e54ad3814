// Package network answers questions about a text by a small text CNN whose
// inputs are fixed: what each filter says to each word at each place of its
// window is worked out beforehand and tabulated in bytes, so that a text costs
// rows added up and a greatest taken, without a multiplication. What its
// outputs mean is for those to say who trained it.
package network

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// Widths are the lengths of the windows, in words, that filters look through
// (Kim, EMNLP 2014).
var Widths = [...]int{1, 2, 3, 5}

const (
	// offsets is the number of places in all windows together.
	offsets = 1 + 2 + 3 + 5
	// extra is how many rows of zeros stand after a text.
	extra = 4
)

// Outputs is how many outputs a network has. One that is asked less leaves the
// last ones alone: what they say means nothing.
const Outputs = 18

// Heads is the number of linear layers: one for short texts and one for long
// ones, which are told from each other by other signs.
const Heads = 2

// Texts up to shortText words are judged by the first layer alone, from longText
// words on by the second.
const (
	shortText = 20
	longText  = 60
)

// Shares are what the layers count in a text of so many words.
func Shares(words int) [Heads]float32 {
	long := max(0, min(1, float32(words-shortText)/(longText-shortText)))
	return [Heads]float32{1 - long, long}
}

// Tags is how many tags a word may have.
const Tags = 64

// Answer is what the network says of one text: log-odds, those of outputs of
// which exactly one is right up to a constant.
type Answer [Outputs]float32

// Network is a network read in place from a file's bytes. It is safe for
// concurrent use.
type Network struct {
	Header
	columns, pooled int
	slots           []byte // 8 a slot: the upper half of a word's hash, its row + 1
	common          []int8 // the rows of the common words
	rareScale       []byte
	rare, parts     []int8 // vectors
	tags            []int8
	w               []int16   // columns x Size, in the order of project
	wScale          []float32 // columns: what a step of w is worth in steps of the table
	scale, bias     []float32 // pooled
	head            []float32 // Heads x pooled x lanes
	out             []float32
	towards         []float32 // Heads x Outputs x pooled: head by its outputs
}

// Hash is what a word is known by; the prefix tells words of one language from
// those of another.
func Hash(prefix, word string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(prefix); i++ {
		h = (h ^ uint64(prefix[i])) * 1099511628211
	}
	for i := 0; i < len(word); i++ {
		h = (h ^ uint64(word[i])) * 1099511628211
	}
	h = (h ^ h>>32) * 0xD6E8FEB86659FD93
	return h ^ h>>32
}

// State is what one text at a time needs; reuse it.
type State struct {
	rows   []int16
	places int
	best   []int16
	h      []float32 // what the filters say
	part   []int32
	recent
}

// Row finds the row of a word by its hash.
func (n *Network) Row(hash uint64) (row int32, ok bool) {
	mask := uint64(len(n.slots)/8 - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		s := n.slots[i*8 : i*8+8]
		r := binary.LittleEndian.Uint32(s[4:])
		if r == 0 {
			return 0, false
		}
		if binary.LittleEndian.Uint32(s) == uint32(hash>>32) {
			return int32(r - 1), true
		}
	}
}

// Reset makes s ready for a text.
func (n *Network) Reset(s *State) {
	s.places = 0
	s.rows = s.rows[:0]
}

// grow adds a place with nothing in it yet.
func (n *Network) grow(s *State) []int16 {
	at := len(s.rows)
	if at+n.columns > cap(s.rows) {
		s.rows = append(s.rows, make([]int16, max(n.columns*64, at))...)[:at]
	}
	s.rows = s.rows[:at+n.columns]
	s.places++
	return s.rows[at:]
}

func (n *Network) tag(dst []int16, tags uint64) {
	for ; tags != 0; tags &= tags - 1 {
		add(dst, n.tagRow(bits.TrailingZeros64(tags)))
	}
}

func (n *Network) tagRow(t int) []int8 { return n.tags[t*n.columns : (t+1)*n.columns] }

// Answer answers the text that was added.
func (n *Network) Answer(s *State, a *Answer) {
	for range extra {
		clear(n.grow(s))
		s.places--
	}
	if len(s.best) != n.pooled {
		s.best, s.h = make([]int16, n.pooled), make([]float32, n.pooled)
	}
	for i := range s.best {
		s.best[i] = math.MinInt16
	}
	pool(s.best, s.rows, n.Filters, s.places)
	lift(s.h, s.best, n.scale, n.bias)
	*a = Answer{}
	for k, share := range Shares(s.places - edges) {
		if share > 0 {
			n.layer(s, k, share, a)
		}
	}
}

// edges is how many places of a text are no words.
const edges = 2

// lanes are the outputs as vector instructions take them.
const lanes = 24

// layer adds a linear layer's share of the answer.
func (n *Network) layer(s *State, k int, share float32, a *Answer) {
	var sum [lanes]float32
	copy(sum[:], n.out[k*Outputs:(k+1)*Outputs])
	layer(&sum, s.h, n.head[k*n.pooled*lanes:(k+1)*n.pooled*lanes])
	for o := range a {
		a[o] += float32(share * sum[o])
	}
}

// Blank adds a place without a word.
func (n *Network) Blank(s *State, tags uint64) {
	dst := n.grow(s)
	clear(dst)
	n.tag(dst, tags)
}

// voters is how many filters are asked what an answer rests on.
const voters = 6

// Votes says for an output of the last answer how much each of the text's
// places brought towards it, by the filters that brought most; votes has one
// number for each place that was added.
func (n *Network) Votes(s *State, out int, votes []float32) []float32 {
	votes = append(votes[:0], make([]float32, s.places)...)
	var most [voters]struct {
		filter int
		gain   float32
	}
	shares := Shares(s.places - edges)
	short, long := n.towards[out*n.pooled:], n.towards[(Outputs+out)*n.pooled:]
	for i, h := range s.h {
		if h == 0 {
			continue
		}
		g := h * (shares[0]*short[i] + shares[1]*long[i])
		if g <= most[voters-1].gain {
			continue
		}
		k := voters - 1
		for ; k > 0 && most[k-1].gain < g; k-- {
			most[k] = most[k-1]
		}
		most[k].filter, most[k].gain = i, g
	}
	for _, m := range most {
		if m.gain > 0 {
			n.vote(s, m.filter, m.gain, votes)
		}
	}
	return votes
}

// vote shares what a filter brought among the words of its window.
func (n *Network) vote(s *State, filter int, gain float32, votes []float32) {
	k, f := filter/n.Filters, filter%n.Filters
	at := 0
	for _, w := range Widths[:k] {
		at += w
	}
	for p := range s.places {
		sum := int16(0)
		for o := range Widths[k] {
			sum += s.rows[(p+o)*n.columns+(at+o)*n.Filters+f]
		}
		if sum != s.best[filter] {
			continue
		}
		for o := 0; o < Widths[k] && p+o < len(votes); o++ {
			votes[p+o] += gain / float32(Widths[k])
		}
		return
	}
}
