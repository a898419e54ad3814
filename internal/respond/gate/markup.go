package gate

import (
	"regexp"

	"triage/internal/respond/gate/plain"
)

// coded is writing that a machine turns into letters and a person who types a
// reply does not use: HTML entities and tags, escapes, percent signs with a
// letter's number.
var coded = regexp.MustCompile(`(?i)&#x?[0-9a-f]{1,7};?|&[a-z][a-z0-9]{1,30};|\\(?:u\{?|x)[0-9a-f]{2,8}|%(?:[2-7][0-9a-f]|[c-f][0-9a-f]%[89ab][0-9a-f])|</?[a-z!][^<>]{0,200}>`)

// longestMade bounds the letters of a word that is not made up: the longest in
// any list has fewer.
const longestMade = 28

// markup finds writing for machines, outside the practice's own addresses, and
// words so long that nobody can read them.
func markup(p *page) [][2]int {
	var out [][2]int
	if coded.MatchString(p.out.Text) {
		for _, at := range coded.FindAllStringIndex(p.out.Text, -1) {
			out = p.cover(out, at[0], at[1])
		}
	}
	return append(out, p.each(func(i int, w plain.Word) bool {
		return w.Kind == plain.Letters && len(w.Text) >= longestMade && !p.known[i] && !p.words.technical[w.Text]
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
