package classify

import "strings"

// signature finds a name at the end of a text, set off from it. It reads back
// until three words in small letters have passed, which no signature has after
// it.
func (f *finder) signature() {
	end, small := len(f.tokens), 0
	for i := end - 1; i >= 0 && i >= end-12 && small < 3; i-- {
		t := &f.tokens[i]
		if t.mark {
			continue
		}
		if !f.capital(t) {
			if !isDigitByte(t.s[0]) && len(t.s) > 1 {
				small++
			}
			if i > 0 && !f.tokens[i-1].mark && f.gap(i) == " " {
				continue
			}
		}
		how := f.setOff(i)
		if how == notOff {
			continue
		}
		if p, ok := f.signed(i, how); ok {
			f.add(f.tokens[p.from].start, f.tokens[p.to-1].end, "is signed with a name")
			return
		}
		if how == byStop {
			return
		}
	}
}

// How a signature is set off from what was said before.
type setting int

const (
	notOff  setting = iota
	byWords         // by a closing word some way before it
	byStop          // by the end of a sentence
	byClose         // by a dash, a line or a closing word
)

// setOff says what sets token i off.
func (f *finder) setOff(i int) setting {
	before := f.at(i - 1)
	for i > 1 && known[before.s]&isMister != 0 {
		i--
		before = f.at(i - 1)
	}
	gap := f.gap(i)
	switch {
	case i == 0 && !strings.ContainsAny(f.raw[:f.tokens[0].start], "-–—~"):
		return notOff
	case i == 0 || strings.ContainsAny(gap, "–—~\n") || strings.Contains(gap, " -") || strings.HasPrefix(gap, "-") && (before.mark || strings.HasPrefix(gap, "--")) || before.s == "\n" || before.s == "~":
		return byClose
	case strings.IndexByte(gap, ')') >= 0:
		return byStop
	case before.s == "," || before.s == ":" || before.s == ".":
		if known[f.at(i-2).s]&(isClose|isYours) != 0 && !(before.s == "." && initial(f.tokens[i-2])) {
			return byClose
		}
		if before.s == "," && (f.closing(i-2) || i > 3 && f.at(i-3).mark && f.at(i-3).s != ",") {
			return byClose
		}
		if before.s != "." || initial(f.tokens[max(0, i-2)]) || known[f.at(i-2).s]&isTitle != 0 && len(f.at(i-2).s) < 5 {
			return notOff
		}
		return byStop
	case before.mark:
		if before.s == "@" || before.s == "#" || before.s == "&" || before.s == "+" || before.s == "$" {
			return notOff
		}
		return byStop
	case closesAlone(before.s) || before.s == "love" && f.capital(before) || known[before.s]&isYours != 0:
		return byClose
	case known[before.s]&(isTie|isCall|isTitle) == 0 || before.s == "you" && f.closing(i-1):
		return byWords
	}
	return notOff
}

func closesAlone(w string) bool {
	switch w {
	case "sincerely", "regards", "firma", "signed", "atte", "cordialement", "cheers", "signe", "cdt", "rgds", "yours", "firmado", "atentamente", "bisous", "xoxo", "xx", "hugs", "besos", "bises":
		return true
	}
	return false
}

// closing reports a closing word among the last few before token i.
func (f *finder) closing(i int) bool {
	for j := i; j >= 0 && j > i-6; j-- {
		if t := &f.tokens[j]; known[t.s]&isClose != 0 {
			return true
		} else if t.mark && t.s != "," || t.s == "from" || t.s == "desde" || t.s == "depuis" {
			return false
		}
	}
	return false
}

// signed reads the name at token i and decides by how it is set off, and by
// what follows it, whether it is a signature.
func (f *finder) signed(i int, how setting) (person, bool) {
	p := f.signer(i)
	if p.to == 0 || !f.tail(p.to) || f.clinician(&p) {
		return p, false
	}
	t := &f.tokens[i]
	rare := p.given || !f.common(i) || initial(*t)
	switch {
	case !rare || p.words == p.initials || p.words > 5 || t.shout && !p.given && how != byClose:
		return p, false
	case p.words == 1 && p.to < len(f.tokens) && f.at(p.to).s == "," && f.capital(f.at(p.to+1)):
		return p, false
	case p.full() && how >= byStop:
		return p, f.capital(t) || how == byClose || len(t.s) > 3
	case how == byWords:
		return p, f.capital(t) && p.full() && p.given && p.rare > 0 && (len(f.tokens) > 25 || f.closing(i-1) && len(f.tokens) > 6)
	case how == byClose:
		return p, p.given || f.capital(t) && !f.c.common[t.s] && !t.shout
	}
	long := len(f.tokens) > 25
	return p, f.capital(t) && (p.given && (long || !f.c.common[t.s]) || long && f.lang == "en" && !t.shout)
}

// signer reads the name at token i, which may be in small letters if its first
// word is a known first name.
func (f *finder) signer(i int) person {
	t := &f.tokens[i]
	if t.s == "the" && f.capital(t) && f.capital(f.at(i+1)) && f.at(i+2).s == "family" {
		return person{from: i, to: i + 3, words: 2, given: true, rare: 1}
	}
	if initial(*t) && f.capital(f.at(i+1)) && !f.at(i+1).shout && !f.common(i+1) {
		return f.person(i)
	}
	if f.capital(t) || known[t.s]&isGiven == 0 {
		if !f.begins(i) || !f.capital(t) {
			return person{}
		}
		p := f.person(i)
		f.second(&p)
		return p
	}
	p := person{from: i, to: i + 1, words: 1, given: true}
	if f.c.common[t.s] || known[t.s]&isSmall != 0 {
		return person{}
	}
	if b := f.at(i + 1); !b.mark && (len(b.s) == 1 || !f.common(i+1)) {
		p.to, p.words, p.rare = i+2, 2, 1
	}
	return p
}

// second takes in "gomez", "& Ashley George", "and Brian", "family" after a
// first name.
func (f *finder) second(p *person) {
	t := f.at(p.to)
	switch {
	case t.s == "&" || t.s == "and" || t.s == "y" || t.s == "et" || t.s == "/":
		if f.capital(f.at(p.to+1)) && f.begins(p.to+1) {
			q := f.person(p.to + 1)
			p.to, p.words, p.rare = q.to, p.words+q.words, p.rare+1
		}
	case p.words == 1 && p.given && !t.mark && !f.capital(t) && t.s != "" && !strings.ContainsAny(f.gap(p.to), "\n") && (len(t.s) == 1 || !f.common(p.to)) && !isDigitByte(t.s[0]):
		p.to, p.words, p.rare = p.to+1, 2, 1
	case t.s == "," && initial(*f.at(p.to + 1)):
		p.to, p.words, p.initials = p.to+2, p.words+1, p.initials+1
	}
}

// tail reports that only marks, numbers, a place or kisses follow.
func (f *finder) tail(i int) bool {
	for j := i; j < len(f.tokens); j++ {
		t := &f.tokens[j]
		if !t.mark && !f.capital(t) && !isDigitByte(t.s[0]) && strings.Trim(t.s, "xo") != "" && t.s != "in" && t.s != "of" && t.s != "from" && t.s != "de" && t.s != "the" && f.at(j-1).s != "@" || j > i+9 {
			return false
		}
	}
	return true
}
