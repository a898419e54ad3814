package classify

import (
	"sort"
	"strings"
)

// isPatient weighs a name by its form and by the words on both sides: set off
// or introduced it is a patient's, beside a title or in the run of a sentence
// it is a clinician's, an author's or a singer's.
func (f *finder) isPatient(p *person) bool {
	if p.words == 1 && p.initials == 0 && f.introduced(p.from) {
		return true
	}
	if !p.full() || p.words > 6 || initial(f.tokens[p.to-1]) && f.at(p.to).s != "." && p.to < len(f.tokens) || f.clinician(p) {
		return false
	}
	n := f.form(p) + f.before(p) + f.after(p)
	if len(f.tokens) > 40 {
		n -= 2
	}
	return n >= 4
}

func (f *finder) form(p *person) int {
	n := 1 + min(p.rare, 1)
	if p.given {
		n++
	}
	if !p.given && (p.joined || p.initials > 0 || p.rare > 1) {
		n++
	}
	if f.tokens[p.from].shout && !p.given {
		n -= 2
	}
	return n
}

// before weighs what stands before a name.
func (f *finder) before(p *person) int {
	i, n := p.from-1, 0
	for known[f.at(i).s]&isMister != 0 || f.at(i).s == "." && known[f.at(i-1).s]&isMister != 0 {
		if n = max(n, 1); len(f.at(i).s) > 2 {
			n = 2
		}
		i--
	}
	t := f.at(i)
	if t.s == "@" || t.s == "#" {
		return -9
	}
	if t.s == "," || t.s == ":" {
		i, n = i-1, max(n, 1)
	}
	return n + f.lead(p, i, n)
}

// lead weighs the word at token i, the last before a name that is no title of
// courtesy; more by what n says of such a title.
func (f *finder) lead(p *person, i, n int) int {
	t := f.at(i)
	if l := known[f.at(i-1).s]; (l&isIntro != 0 || f.at(i-1).s == "this") && (t.s == "is" || t.s == "es" || t.s == "now" || t.s == "of" || t.s == "de" || t.s == "d" || t.s == "spelt") {
		return 3
	}
	l := known[t.s]
	switch {
	case l&isCall != 0 && (t.s == "to" || t.s == "a") && known[f.at(i-1).s]&isClose != 0:
		return -2 - n
	case f.relative(i), (t.s == "de" || t.s == "d" || t.s == "of") && f.relative(i-1):
		return 3
	case t.s == "de" || t.s == "d":
		if known[f.at(i-1).s]&isClose != 0 {
			return 2
		}
		return -1
	case l&isIntro != 0:
		return 3
	case i < 0 || t.mark || strings.ContainsAny(f.gap(p.from), "-–—~\n("):
		return 1
	case l&isClose != 0:
		return 2
	case l&isCall != 0:
		return 1
	case n > 0:
		return 0
	case l&isTie != 0:
		return -2 - n
	}
	return -1
}

// relative reports that token i ends a term for a relative or a friend.
func (f *finder) relative(i int) bool {
	k := sort.Search(len(f.hits), func(k int) bool { return f.hits[k].to > i })
	return k < len(f.hits) && f.hits[k].from <= i && f.hits[k].tags.any(setOf(tagFam, tagOther)) && !f.hits[k].tags.has(tagSpec)
}

// after weighs what stands after a name.
func (f *finder) after(p *person) int {
	t := f.at(p.to)
	switch {
	case strings.HasSuffix(f.tokens[p.to-1].s, "'s"):
		return -2
	case known[t.s]&isHere != 0:
		return 3
	case p.to >= len(f.tokens) || t.mark || isDigitByte(t.s[0]) || strings.ContainsAny(f.gap(p.to), "-–—\n()"):
		return 1
	}
	from := p.from
	if known[f.at(from-1).s]&isMister != 0 {
		from--
	}
	if f.at(from-1).mark || from == 0 {
		return -2
	}
	return -1
}

// clinician reports a title beside the name, or the surname after a title
// somewhere else in the text.
func (f *finder) clinician(p *person) bool {
	for j := p.from - 1; j >= 0 && j >= p.from-3; j-- {
		t := &f.tokens[j]
		if strings.ContainsAny(f.gap(j+1), "-–—~\n)") || t.s == "it's" || t.s == "its" || t.s == "i'm" || t.s == "im" || t.s == "soy" || t.mark && (t.s != "." || known[f.at(j-1).s]&isTitle == 0 || f.at(j-1).s == "doc") {
			break
		}
		if known[t.s]&isTitle != 0 && len(t.s) > 1 && !f.possessed(j) {
			return true
		}
	}
	j := p.from
	for known[f.at(j-1).s]&isMister != 0 {
		j--
	}
	switch f.at(j - 2).s {
	case "assistant", "maire", "alcalde", "alcaldesa", "director", "directeur":
		return true
	}
	j = p.to
	if s := f.at(j).s; s == "," || s == "the" || s == "la" || s == "el" {
		j++
	}
	if known[f.at(j).s]&isTitle != 0 && (f.capital(f.at(j)) || j > p.to && len(f.at(j).s) > 2) || f.at(j).s == "m" && f.at(j+2).s == "d" {
		return true
	}
	last := f.tokens[p.to-1].s
	for j := 1; j < len(f.tokens) && j < 400; j++ {
		if f.capital(&f.tokens[j]) && f.tokens[j].s == last && (j < p.from || j >= p.to) && (known[f.at(j-1).s]|known[f.at(j-2).s])&isTitle != 0 {
			return true
		}
	}
	return false
}

// possessed reports "my" before token i: a sister or a father then, no nurse
// or priest.
func (f *finder) possessed(i int) bool {
	switch f.at(i - 1).s {
	case "my", "mi", "mon", "ma", "our", "his", "her", "su", "notre", "nuestro", "nuestra":
		return f.tokens[i].s == "sister" || f.tokens[i].s == "father" || f.tokens[i].s == "padre" || f.tokens[i].s == "uncle" || f.tokens[i].s == "aunt" || f.tokens[i].s == "tante"
	}
	return false
}
