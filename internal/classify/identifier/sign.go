package identifier

import "strings"

// signature finds a name at the end of a text, set off from it. It reads back
// until three words in small letters have passed, which no signature has after
// it.
func (f *finder) signature() {
	end, small := len(f.Tokens), 0
	for i := end - 1; i >= 0 && i >= end-12 && small < 3; i-- {
		t := &f.Tokens[i]
		if t.Mark {
			continue
		}
		if !f.capital(t) {
			if !isDigitByte(t.Word[0]) && len(t.Word) > 1 {
				small++
			}
			if i > 0 && !f.Tokens[i-1].Mark && f.gap(i) == " " {
				continue
			}
		}
		how := f.setOff(i)
		if how == notOff {
			continue
		}
		if p, ok := f.signed(i, how); ok {
			f.add(f.Tokens[p.from].Start, f.Tokens[p.to-1].End, "is signed with a name")
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
	for i > 1 && known[before.Word]&isMister != 0 {
		i--
		before = f.at(i - 1)
	}
	gap := f.gap(i)
	switch {
	case i == 0 && !strings.ContainsAny(f.Raw[:f.Tokens[0].Start], "-–—~"):
		return notOff
	case i == 0 || strings.ContainsAny(gap, "–—~\n") || strings.Contains(gap, " -") || strings.HasPrefix(gap, "-") && (before.Mark || strings.HasPrefix(gap, "--")) || before.Word == "\n" || before.Word == "~":
		return byClose
	case strings.IndexByte(gap, ')') >= 0:
		return byStop
	case before.Word == "," || before.Word == ":" || before.Word == ".":
		if known[f.at(i-2).Word]&(isClose|isYours) != 0 && !(before.Word == "." && initial(f.Tokens[i-2])) {
			return byClose
		}
		if before.Word == "," && (f.closing(i-2) || i > 3 && f.at(i-3).Mark && f.at(i-3).Word != ",") {
			return byClose
		}
		if before.Word != "." || initial(f.Tokens[max(0, i-2)]) || known[f.at(i-2).Word]&isTitle != 0 && len(f.at(i-2).Word) < 5 {
			return notOff
		}
		return byStop
	case before.Mark:
		if before.Word == "@" || before.Word == "#" || before.Word == "&" || before.Word == "+" || before.Word == "$" {
			return notOff
		}
		return byStop
	case closesAlone(before.Word) || before.Word == "love" && f.capital(before) || known[before.Word]&isYours != 0:
		return byClose
	case known[before.Word]&(isTie|isCall|isTitle) == 0 || before.Word == "you" && f.closing(i-1):
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
		if t := &f.Tokens[j]; known[t.Word]&isClose != 0 {
			return true
		} else if t.Mark && t.Word != "," || t.Word == "from" || t.Word == "desde" || t.Word == "depuis" {
			return false
		}
	}
	return false
}

// signed reads the name at lexicon.Token i and decides by how it is set off, and by
// what follows it, whether it is a signature.
func (f *finder) signed(i int, how setting) (person, bool) {
	p := f.signer(i)
	if p.to == 0 || !f.tail(p.to) || f.clinician(&p) {
		return p, false
	}
	t := &f.Tokens[i]
	rare := p.given || !f.common(i) || initial(*t)
	switch {
	case !rare || p.words == p.initials || p.words > 5 || t.Shout && !p.given && how != byClose:
		return p, false
	case p.words == 1 && p.to < len(f.Tokens) && f.at(p.to).Word == "," && f.capital(f.at(p.to+1)):
		return p, false
	case p.full() && how >= byStop:
		return p, f.capital(t) || how == byClose || len(t.Word) > 3
	case how == byWords:
		return p, f.capital(t) && p.full() && p.given && p.rare > 0 && (len(f.Tokens) > 25 || f.closing(i-1) && len(f.Tokens) > 6)
	case how == byClose:
		return p, p.given || f.capital(t) && !f.lists.Common(t.Word) && !t.Shout
	}
	long := len(f.Tokens) > 25
	return p, f.capital(t) && (p.given && (long || !f.lists.Common(t.Word)) || long && f.Lang == "en" && !t.Shout)
}

// signer reads the name at lexicon.Token i, which may be in small letters if its first
// word is a known first name.
func (f *finder) signer(i int) person {
	t := &f.Tokens[i]
	if t.Word == "the" && f.capital(t) && f.capital(f.at(i+1)) && f.at(i+2).Word == "family" {
		return person{from: i, to: i + 3, words: 2, given: true, rare: 1}
	}
	if initial(*t) && f.capital(f.at(i+1)) && !f.at(i+1).Shout && !f.common(i+1) {
		return f.person(i)
	}
	if f.capital(t) || known[t.Word]&isGiven == 0 {
		if !f.begins(i) || !f.capital(t) {
			return person{}
		}
		p := f.person(i)
		f.second(&p)
		return p
	}
	p := person{from: i, to: i + 1, words: 1, given: true}
	if f.lists.Common(t.Word) || known[t.Word]&isSmall != 0 {
		return person{}
	}
	if b := f.at(i + 1); !b.Mark && (len(b.Word) == 1 || !f.common(i+1)) {
		p.to, p.words, p.rare = i+2, 2, 1
	}
	return p
}

// second takes in "gomez", "& Ashley George", "and Brian", "family" after a
// first name.
func (f *finder) second(p *person) {
	t := f.at(p.to)
	switch {
	case t.Word == "&" || t.Word == "and" || t.Word == "y" || t.Word == "et" || t.Word == "/":
		if f.capital(f.at(p.to+1)) && f.begins(p.to+1) {
			q := f.person(p.to + 1)
			p.to, p.words, p.rare = q.to, p.words+q.words, p.rare+1
		}
	case p.words == 1 && p.given && !t.Mark && !f.capital(t) && t.Word != "" && !strings.ContainsAny(f.gap(p.to), "\n") && (len(t.Word) == 1 || !f.common(p.to)) && !isDigitByte(t.Word[0]):
		p.to, p.words, p.rare = p.to+1, 2, 1
	case t.Word == "," && initial(*f.at(p.to + 1)):
		p.to, p.words, p.initials = p.to+2, p.words+1, p.initials+1
	}
}

// tail reports that only marks, numbers, a place or kisses follow.
func (f *finder) tail(i int) bool {
	for j := i; j < len(f.Tokens); j++ {
		t := &f.Tokens[j]
		if !t.Mark && !f.capital(t) && !isDigitByte(t.Word[0]) && strings.Trim(t.Word, "xo") != "" && t.Word != "in" && t.Word != "of" && t.Word != "from" && t.Word != "de" && t.Word != "the" && f.at(j-1).Word != "@" || j > i+9 {
			return false
		}
	}
	return true
}
