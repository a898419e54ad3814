package lexicon

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"

	"triage/internal/classify/network"
)

// list finds terms of one language in a text.
type list struct {
	lang     int // its place among Languages
	words    *vocabulary
	prefixes map[string]*entry
	begins   begins
	plural   bool
}

// begins holds for the first three letters of every prefix, hashed, how long
// the prefixes are that begin so: most words need not be looked for any
// further. Two beginnings that share a place only cost a look.
type begins [1 << 12]uint16

// longestPrefix is how many letters of a word may be a prefix.
const longestPrefix = 14

func (b *begins) at(w string) *uint16 {
	h := uint32(w[0])*0x9E3779B1 ^ uint32(w[1])*0x85EBCA6B ^ uint32(w[2])*0xC2B2AE35
	return &b[(h^h>>15)&(1<<12-1)]
}

// of are the lengths of prefixes that may begin a word, a bit each.
func (b *begins) of(w string) uint16 {
	if len(w) < 3 {
		return 0
	}
	return *b.at(w) & (1<<(min(len(w), longestPrefix)+1) - 1)
}

// entry is what may begin with a word: the word itself, or phrases.
type entry struct {
	tags    Tags
	phrases []phrase // longest first
	next    uint64   // the words that a phrase may go on with, a bit of each one's hash
}

type phrase struct {
	rest []string // the words after the first; * at the end means any ending
	next uint64   // the hash of the first of them, 0 with a *
	tags Tags
}

func (l *list) add(term string, t Tag) error {
	ws := termWords(term)
	if len(ws) == 0 {
		return fmt.Errorf("term %q has no word", term)
	}
	e, err := l.entry(ws[0])
	if err != nil {
		return fmt.Errorf("term %q: %w", term, err)
	}
	if t == TagWordnet && e.tags != 0 && len(ws) == 1 {
		return nil
	}
	e.add(ws[1:], t)
	return nil
}

// entry is that of a word, or of all words that begin with what is before a *.
func (l *list) entry(first string) (*entry, error) {
	if p, ok := strings.CutSuffix(first, "*"); ok {
		if len(p) < 3 {
			return nil, errors.New("fewer than three letters before *")
		}
		if len(p) <= longestPrefix {
			*l.begins.at(p) |= 1 << len(p)
		}
		if l.prefixes[p] == nil {
			l.prefixes[p] = &entry{}
		}
		return l.prefixes[p], nil
	}
	e := &l.words.at(network.Hash("", first)).terms[l.lang]
	if *e == nil {
		*e = &entry{}
	}
	return *e, nil
}

func (e *entry) add(rest []string, t Tag) {
	if len(rest) == 0 {
		e.tags |= 1 << t
		return
	}
	at := len(e.phrases)
	for i, p := range e.phrases {
		if slices.Equal(p.rest, rest) {
			e.phrases[i].tags |= 1 << t
			return
		}
		if len(p.rest) < len(rest) {
			at = min(at, i)
		}
	}
	p := phrase{rest: rest, tags: 1 << t}
	if !strings.HasSuffix(rest[0], "*") {
		p.next = network.Hash("", rest[0])
		e.next |= 1 << (p.next & 63)
	} else {
		e.next = math.MaxUint64
	}
	e.phrases = slices.Insert(e.phrases, at, p)
}

// termWords cuts a term as a text is cut, keeping * at the end of a word.
func termWords(term string) []string {
	var ws []string
	for _, part := range strings.Fields(term) {
		star := len(part) > 1 && strings.HasSuffix(part, "*")
		ws = append(ws, Words(strings.TrimSuffix(part, "*"))...)
		if star && len(ws) > 0 {
			ws[len(ws)-1] += "*"
		}
	}
	return ws
}

// find appends the terms among the first n tokens of a text to hits, leftmost
// and longest, in order.
func (l *list) find(r *Reading, n int, hits []Hit) []Hit {
	ts := r.Tokens[:min(len(r.Tokens), n)]
	for i := 0; i < len(ts); {
		h := l.at(ts, i, l.words.words[r.known[i]].terms[l.lang])
		if h.Tags == 0 {
			i++
			continue
		}
		hits = append(hits, h)
		i = h.To
	}
	return hits
}

// at finds the longest term beginning at token i, of which the list has e, or
// nil.
func (l *list) at(ts []Token, i int, e *entry) Hit {
	h := Hit{From: i, To: i + 1, sent: ts[i].Sent}
	w := ts[i].Word
	if e == nil {
		e = l.meant(w)
	}
	if e != nil {
		h.longest(e, ts)
	}
	for lengths := l.begins.of(w); lengths != 0; lengths &= lengths - 1 {
		if p := l.prefixes[w[:bits.TrailingZeros16(lengths)]]; p != nil {
			h.longest(p, ts)
		}
	}
	return h
}

// longest extends h by what may begin with e, if that is longer.
func (h *Hit) longest(e *entry, ts []Token) {
	if next := h.From + 1; next == len(ts) || e.next>>(ts[next].Hash&63)&1 == 0 {
		if h.To == next {
			h.Tags |= e.tags
		}
		return
	}
	for k := range e.phrases {
		p := &e.phrases[k]
		to := h.From + 1 + len(p.rest)
		if to < h.To {
			break
		}
		if !p.follows(ts, h.From+1) {
			continue
		}
		if to > h.To {
			h.Tags = 0
		}
		h.Tags |= p.tags
		h.To = to
		break
	}
	if h.To == h.From+1 {
		h.Tags |= e.tags
	}
}

func (p *phrase) follows(ts []Token, i int) bool {
	if i+len(p.rest) > len(ts) || p.next != 0 && p.next != ts[i].Hash {
		return false
	}
	for k, w := range p.rest {
		s := ts[i+k].Word
		if s == w {
			continue
		}
		stem, ok := strings.CutSuffix(w, "*")
		if !ok || !strings.HasPrefix(s, stem) {
			return false
		}
	}
	return true
}

// meant finds a word that is not written as the lists have it.
func (l *list) meant(w string) *entry {
	if l.plural && len(w) > 3 && w[len(w)-1] == 's' {
		if s, ok := strings.CutSuffix(w, "'s"); ok {
			return l.word(s)
		}
		if e := l.word(w[:len(w)-1]); e != nil {
			return e
		}
	}
	if s, ok := unleet(w); ok {
		return l.word(s)
	}
	if s, ok := unstretch(w); ok {
		return l.word(s)
	}
	return nil
}

// word finds a word as it is written.
func (l *list) word(w string) *entry {
	return l.words.words[l.words.find(network.Hash("", w))].terms[l.lang]
}
