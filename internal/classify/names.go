package classify

import (
	"sort"
	"strings"
)

// person is a row of words that may be somebody's name.
type person struct {
	from, to int  // tokens, to exclusive
	words    int  // words, those joined by a hyphen counted once
	initials int  // of them single letters
	given    bool // the first word is a known first name
	rare     int  // words after the first that are no common word
	joined   bool // has a hyphen or a particle
}

func (p *person) full() bool {
	return p.words-p.initials >= 2 || p.initials > 0 && p.words > p.initials
}

// name weighs the row of capitals at token i as a full name of a patient, and
// returns the token after what it has read.
func (f *finder) name(i int) int {
	if !f.capital(f.at(i+1)) && f.at(i+1).s != "." && !f.introduced(i) {
		return i + 1
	}

	for j := i; j < len(f.tokens) && j < i+8 && f.glued(i, j); j++ {
		if known[f.tokens[j].s]&isTitle != 0 && len(f.tokens[j].s) > 1 {
			return f.skip(j)
		}
		if !f.begins(j) {
			continue
		}
		p := f.person(j)
		if f.isPatient(&p) {
			f.add(f.tokens[p.from].start, f.tokens[p.to-1].end, "gives a full name")
			return p.to
		}
		if p.words >= 2 {
			return max(p.to, i+1)
		}
	}
	return i + 1
}

// skip passes over the name after a title.
func (f *finder) skip(i int) int {
	j := i + 1
	for j < len(f.tokens) && j < i+6 && (f.capital(&f.tokens[j]) || f.tokens[j].s == "." || known[f.tokens[j].s]&isParticle != 0) {
		j++
	}
	return j
}

// introduced reports words before token i after which one name is enough.
func (f *finder) introduced(i int) bool {
	switch f.at(i - 1).s {
	case "is", "es":
		return f.at(i-3).s == "my" && f.at(i-2).s == "name" || f.at(i-3).s == "mi" && f.at(i-2).s == "nombre"
	case "llamo", "name's", "famille", "familia", "signed", "firma", "firmado", "signe":
		return true
	case "appelle":
		return f.at(i-2).s == "m"
	case ",", ":":
		switch f.at(i - 2).s {
		case "signed", "firma", "firmado", "signe", "atte", "atentamente", "cordialement", "sincerely", "regards":
			return true
		}
	}
	return false
}

// glued reports whether tokens from to j stand close together on one line.
func (f *finder) glued(from, j int) bool {
	if j == from {
		return true
	}
	t := &f.tokens[j]
	if g := f.gap(j); len(g) > 3 || strings.IndexByte(g, '\n') >= 0 || strings.ContainsAny(g, "()–—\"/") {
		return false
	}
	return f.capital(t) || known[t.s]&isParticle != 0 || t.s == "." && initial(f.tokens[j-1])
}

func initial(t token) bool { return len(t.s) == 1 && t.upper && t.s != "i" }

// common reports a word that is a name only beside a known one.
func (f *finder) common(i int) bool {
	t := &f.tokens[i]
	s := strings.TrimSuffix(t.s, "'s")
	return f.c.common[s] || known[s]&(isThing|isMonth|isClose|isTie|isCall|isIntro|isMister|isHere|isParticle|isSmall|isCalle|isYours) != 0 ||
		f.term(i) || hasDigit(s) || strings.IndexByte(s, '\'') > 1
}

// term reports a token that the lexicon knows.
func (f *finder) term(i int) bool {
	k := sort.Search(len(f.hits), func(k int) bool { return f.hits[k].to > i })
	return k < len(f.hits) && f.hits[k].from <= i
}

// begins reports whether a person's name may begin at token i.
func (f *finder) begins(i int) bool {
	t := &f.tokens[i]
	if t.mark || f.c.staff[t.s] || hasDigit(t.s) {
		return false
	}
	next := f.at(i + 1)
	if initial(*t) {
		return next.s == "." && f.capital(f.at(i+2)) && !(t.s == "m" && f.lang == "fr") || f.capital(next) && !next.mark && known[t.s]&isSmall == 0 && !next.shout
	}
	if t.shout && known[t.s]&isGiven == 0 && (len(t.s) < 4 || f.capital(next) && !next.shout && !next.mark) {
		return false
	}
	return len(t.s) > 1 && (known[t.s]&isGiven != 0 || !f.common(i))
}

// person reads the name that begins at token i, as far as it goes.
func (f *finder) person(i int) person {
	p := person{from: i, to: i, given: known[f.tokens[i].s]&isGiven != 0}
	for j := i; j < len(f.tokens) && j < i+9 && f.glued(i, j); j++ {
		t := &f.tokens[j]
		l := known[t.s]
		switch {
		case t.s == ".":
			continue
		case initial(*t):
			p.initials++
			p.words++
		case !f.capital(t) || l&isParticle != 0 && len(t.s) < 4 && l&isGiven == 0 && f.capital(f.at(j+1)):
			p.joined = true
			continue
		case l&(isMonth|isHere|isIntro|isMister) != 0 && l&isGiven == 0, l&isTitle != 0, f.c.staff[t.s], hasDigit(t.s):
			return p
		case j > i && strings.TrimLeft(f.gap(j), "-’'") == "":
			p.joined = true
			if !f.common(j) {
				p.rare++
			}
		default:
			p.words++
			if p.given && (t.s == "et" || t.s == "and" || t.s == "y") {
				p.words--
				return p
			}
			if l&(isThing|isTie|isSmall) != 0 && l&(isGiven|isParticle) == 0 {
				p.words, p.given = 0, false
				p.to = j + 1
				return p
			}
			if j > i && (!f.common(j) || l&isGiven != 0) {
				p.rare++
			}
		}
		p.to = j + 1
	}
	return p
}

// nameBefore reports two words of a name that end just before token i.
func (f *finder) nameBefore(i int) bool {
	for i > 0 && (f.tokens[i-1].s == "," || f.tokens[i-1].s == "." || f.tokens[i-1].s == ":") {
		i--
	}
	for j := max(0, i-4); j < i-1; j++ {
		if f.capital(&f.tokens[j]) && f.begins(j) {
			if p := f.person(j); p.to >= i && p.full() && !f.clinician(&p) {
				return true
			}
		}
	}
	return false
}

// smallName takes a known first name and a rare word after an introduction, all
// in small letters.
func (f *finder) smallName(i int) {
	a, b := f.at(i), f.at(i+1)
	if b.mark || f.capital(a) || known[a.s]&isGiven == 0 || f.c.common[a.s] {
		return
	}
	if !f.common(i+1) && len(b.s) > 2 && !f.c.staff[a.s] && !f.c.staff[b.s] {
		f.add(a.start, b.end, "gives a full name")
	}
}

// titles are the words before a clinician's name.
var titles = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(loreWords[isTitle] + " mr") {
		m[w] = true
	}
	return m
}()
