package identifier

import (
	"strings"

	"triage/internal/classify/lexicon"
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
	if !f.capital(f.at(i+1)) && f.at(i+1).Word != "." && !f.introduced(i) && !f.noble(i) {
		return i + 1
	}

	for j := i; j < len(f.Tokens) && j < i+8 && f.glued(i, j); j++ {
		if known[f.Tokens[j].Word]&isTitle != 0 && len(f.Tokens[j].Word) > 1 {
			return f.skip(j)
		}
		if !f.begins(j) {
			continue
		}
		p := f.person(j)
		if odds := f.isPatient(&p); odds > never {
			f.addTokens(p.from, p.to, fullName, odds)
			return p.to
		}
		if p.words >= 2 {
			return max(p.to, i+1)
		}
	}
	return i + 1
}

// noble reports a first name with a surname that begins small: "Ana del Olmo".
func (f *finder) noble(i int) bool {
	return (f.capital(f.at(i+2)) || f.capital(f.at(i+3))) && known[f.at(i+1).Word]&isParticle != 0 && known[f.Tokens[i].Word]&isGiven != 0
}

// skip passes over the name after a title.
func (f *finder) skip(i int) int {
	j := i + 1
	for j < len(f.Tokens) && j < i+6 && (f.capital(&f.Tokens[j]) || f.Tokens[j].Word == "." || known[f.Tokens[j].Word]&isParticle != 0) {
		j++
	}
	return j
}

// introduced reports words before token i after which one name is enough.
func (f *finder) introduced(i int) bool {
	switch f.at(i - 1).Word {
	case "is", "es":
		return f.at(i-3).Word == "my" && f.at(i-2).Word == "name" || f.at(i-3).Word == "mi" && f.at(i-2).Word == "nombre"
	case "llamo", "name's", "famille", "familia", "signed", "firma", "firmado", "signe":
		return true
	case "appelle":
		return f.at(i-2).Word == "m"
	case ",", ":":
		switch f.at(i - 2).Word {
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
	t := &f.Tokens[j]
	if g := f.gap(j); len(g) > 3 || strings.IndexByte(g, '\n') >= 0 || strings.ContainsAny(g, "()–—\"/") {
		return false
	}
	return f.capital(t) || known[t.Word]&isParticle != 0 || t.Word == "." && initial(f.Tokens[j-1])
}

func initial(t lexicon.Token) bool { return len(t.Word) == 1 && t.Upper && t.Word != "i" }

// common reports a word that is a name only beside a known one.
func (f *finder) common(i int) bool {
	t := &f.Tokens[i]
	s := strings.TrimSuffix(t.Word, "'s")
	return known[s]&(isThing|isMonth|isClose|isTie|isCall|isIntro|isMister|isHere|isParticle|isSmall|isCalle|isYours|isPlain) != 0 || f.lists.Common(s) ||
		f.hit(i) != nil || t.Digit || strings.IndexByte(s, '\'') > 1
}

// begins reports whether a person's name may begin at token i.
func (f *finder) begins(i int) bool {
	t := &f.Tokens[i]
	if t.Mark || f.staff[t.Word] || t.Digit {
		return false
	}
	next := f.at(i + 1)
	if initial(*t) {
		return next.Word == "." && f.capital(f.at(i+2)) && !(t.Word == "m" && f.Lang == "fr") || f.capital(next) && !next.Mark && known[t.Word]&isSmall == 0 && !next.Shout
	}
	if t.Shout && known[t.Word]&isGiven == 0 && (len(t.Word) < 4 || f.capital(next) && !next.Shout && !next.Mark) {
		return false
	}
	return len(t.Word) > 1 && (known[t.Word]&isGiven != 0 || !f.common(i) || f.namedBy(i))
}

// namedBy reports that token i, which may be a common word, stands after "soy"
// or "I am" and before a surname.
func (f *finder) namedBy(i int) bool {
	const notPlain = isThing | isMonth | isClose | isTie | isCall | isIntro | isMister | isHere | isParticle | isSmall | isYours | isTitle
	next := f.at(i + 1)
	return known[f.Tokens[i].Word]&notPlain == 0 && (known[f.at(i-1).Word]&isIntro != 0 || f.relative(i-1)) &&
		f.capital(next) && !next.Shout && !next.Mark && !f.common(i+1)
}

// person reads the name that begins at token i, as far as it goes.
func (f *finder) person(i int) person {
	p := person{from: i, to: i, given: known[f.Tokens[i].Word]&isGiven != 0}
	for j := i; j < len(f.Tokens) && j < i+9 && f.glued(i, j); j++ {
		t := &f.Tokens[j]
		l := known[t.Word]
		switch {
		case t.Word == ".":
			continue
		case initial(*t):
			p.initials++
			p.words++
		case !f.capital(t) || l&isParticle != 0 && len(t.Word) < 4 && l&isGiven == 0 && f.capital(f.at(j+1)):
			p.joined = true
			continue
		case l&(isMonth|isHere|isIntro|isMister) != 0 && l&isGiven == 0, l&isTitle != 0, f.staff[t.Word], t.Digit, t.Word == "i" && j > i:
			return p
		case j > i && f.capital(&f.Tokens[j-1]) && strings.TrimLeft(f.gap(j), "-’'") == "":
			p.joined = true
			if !f.common(j) {
				p.rare++
			}
		default:
			p.words++
			if p.given && (t.Word == "et" || t.Word == "and" || t.Word == "y") {
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
	for i > 0 && (f.Tokens[i-1].Word == "," || f.Tokens[i-1].Word == "." || f.Tokens[i-1].Word == ":") {
		i--
	}
	for j := max(0, i-4); j < i-1; j++ {
		if f.capital(&f.Tokens[j]) && f.begins(j) {
			if p := f.person(j); p.to >= i && p.full() && !f.clinician(&p) {
				return true
			}
		}
	}
	return false
}
