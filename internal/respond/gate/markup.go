package gate

import (
	"regexp"
	"slices"
	"strings"

	"triage/internal/respond/gate/plain"
)

// coded is writing that a machine turns into letters and a person who types a
// reply does not use: HTML entities and tags, escapes, percent signs with a
// letter's number.
var coded = regexp.MustCompile(`(?i)&#x?[0-9a-f]{1,7};?|&[a-z][a-z0-9]{1,30};|\\(?:u\{?|x)[0-9a-f]{2,8}|%(?:[2-7][0-9a-f]|[c-f][0-9a-f]%[89ab][0-9a-f])|</?[a-z!][^<>]{0,200}>`)

// longestMade bounds the letters of a word that is in no list.
const longestMade = 18

// markup finds writing for machines, outside the practice's own addresses, and
// words so long that nobody can read them.
func markup(p *page) [][2]int {
	var out [][2]int
	if strings.ContainsAny(p.out.Text, "&%<\\") { // few have
		for _, at := range coded.FindAllStringIndex(p.out.Text, -1) {
			out = p.cover(out, at[0], at[1])
		}
	}
	return append(out, p.each(func(i int, w plain.Word) bool {
		return w.Kind == plain.Letters && len(w.Text) >= longestMade && !p.staff[i] && p.words.odd(w)
	})...)
}

// cover adds the words that stand in a place of the text, or the first behind
// or last before it.
func (p *page) cover(out [][2]int, start, end int) [][2]int {
	for i, w := range p.Words {
		if w.End <= start && i+1 < len(p.Words) {
			continue
		}
		to := i + 1
		for to < len(p.Words) && p.Words[to].Start < end {
			to++
		}
		if w.Kind == plain.Address && p.own[i] {
			return out
		}
		return append(out, [2]int{i, to})
	}
	return out
}

// broken finds the words that were in pieces, run together or swapped, where there
// are several: one may be a slip or a hashtag.
func broken(p *page) [][2]int {
	var out [][2]int
	places, parts := 0, 0
	for i, w := range p.Words {
		if w.Tricks&plain.Broken == 0 {
			continue
		}
		if parts++; i == 0 || w.Start != p.Words[i-1].Start {
			parts = 1
			if i == 0 || p.Words[i-1].Text != "#" {
				places++
			}
		}
		if parts == manyParts && places > 0 {
			places = fewBroken
		}
		out = append(out, [2]int{i, i + 1})
	}
	if places < fewBroken {
		return nil
	}
	return out
}

const (
	fewBroken = 2
	manyParts = 4 // of one word: a sentence without spaces
)

// spelledNumbers finds numbers whose digits were set apart, and in a text strewn
// with signs those that only together are a telephone number.
func spelledNumbers(p *page) [][2]int {
	var out [][2]int
	for from := 0; from < len(p.Words); {
		to, n, single, torn := from, 0, true, false
		for to < len(p.Words) && p.Words[to].Kind != plain.Letters && (to == from || p.Words[to].Start-p.Words[to-1].End < 8) {
			text := p.Words[to].Text
			d := digits(text)
			single = single && (d == 0 || len(text)-d >= d-1)
			torn = torn || text == "\n" && n > 0
			n += d
			to++
		}
		if (n >= 7 && (single || p.Strewn) || n >= 9 && torn) && !slices.Contains(p.own[from:to], true) {
			out = append(out, [2]int{from, to})
		}
		from = max(to, from+1)
	}
	return out
}
