package identifier

import "strings"

// signature finds a name at the end of a text, set off from it, with perhaps an
// aside after it: "Tilda (the one with the dog)".
func (f *finder) signature() {
	end := len(f.Tokens)
	f.signedBefore(end)
	for i := end - 2; i > 0 && i > end-10; i-- {
		if t := &f.Tokens[i]; t.Word == "," || strings.IndexByte(f.gap(i), '(') >= 0 {
			f.signedBefore(i)
			return
		}
	}
}

// signedBefore reads back from a token until three words in small letters have
// passed, which no signature has after it.
func (f *finder) signedBefore(end int) {
	var best person
	odds, small := float64(never), 0
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
		if p, o := f.signed(i, how); o > odds {
			best, odds = p, o
		}
		if how == byStop {
			break
		}
	}
	if odds > never {
		f.addTokens(best.from, best.to, signedName, odds)
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

// setOff says what sets token i off, with the titles before it.
func (f *finder) setOff(i int) setting {
	i = f.courtesy(i)
	before := f.at(i - 1)
	gap := f.gap(i)
	switch {
	case i == 0 && !strings.ContainsAny(f.Raw[:f.Tokens[0].Start], "-–—~"):
		return notOff
	case i == 0 || strings.ContainsAny(gap, "–—~\n") || strings.Contains(gap, " -") || strings.HasPrefix(gap, "-") && (before.Mark || strings.HasPrefix(gap, "--")) || before.Word == "\n" || before.Word == "~":
		return byClose
	case strings.ContainsAny(gap, ")/"):
		return byStop
	case (before.Word == "from" || before.Word == "de") && known[f.Tokens[i].Word]&isGiven != 0 && (f.at(i-2).Mark || f.closing(i-2)):
		return byClose
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

// courtesy is where the titles begin that stand before token i.
func (f *finder) courtesy(i int) int {
	for w := f.at(i - 1).Word; i > 1 && (known[w]&isMister != 0 || kin(w)); w = f.at(i - 1).Word {
		i--
	}
	if j := f.titleBefore(i); j < i && (f.at(j-1).Word == "," || strings.ContainsAny(f.gap(j), "-–—")) {
		return j
	}
	return i
}

func closesAlone(w string) bool {
	switch w {
	case "sincerely", "regards", "firma", "signed", "atte", "cordialement", "cheers", "signe", "cdt", "rgds", "yours", "firmado", "atentamente", "bisous", "xoxo", "xx", "hugs", "besos", "bises":
		return true
	}
	return false
}

// kin are what relatives and the devout call themselves before their name.
func kin(w string) bool {
	switch w {
	case "abuela", "abuelo", "hermana", "hermano", "tia", "tio", "mamie", "papi", "granny", "grandma", "nana", "maman", "soeur", "sœur":
		return true
	}
	return false
}

// closing reports a closing word among the last few before token i.
func (f *finder) closing(i int) bool {
	for j := i; j >= 0 && j > i-6; j-- {
		if t := &f.Tokens[j]; known[t.Word]&isClose != 0 || t.Word == "patiente" || t.Word == "paciente" || t.Word == "servidora" || t.Word == "servidor" {
			return true
		} else if t.Mark && t.Word != "," || t.Word == "from" || t.Word == "desde" || t.Word == "depuis" {
			return false
		}
	}
	return false
}

// signed reads the name at token i and weighs by how it is set off, and by what
// follows it, whether it is a signature.
func (f *finder) signed(i int, how setting) (p person, odds float64) {
	p = f.signer(i)
	if p.to == 0 || p.words == p.initials || p.words > 5 || f.clinician(&p) && !(p.given && f.afterDoctor(i)) && !f.styled(&p) {
		return p, never
	}
	t, long := &f.Tokens[i], len(f.Tokens) > 25
	switch {
	case !p.given && f.common(i) && !initial(*t):
		return p, never
	case p.words == 1 && how != byClose && f.at(p.to).Word == "," && f.capital(f.at(p.to+1)):
		return p, never
	case how == byClose:
		odds = 2
	case how == byStop && p.given:
		odds = 1
	case how == byStop:
		odds = -1
	default:
		odds = -2.2
	}
	if long {
		odds++
	}
	if p.full() {
		odds += 1.5
	}
	if t.Shout && !p.given || !p.full() && f.lists.Common(t.Word) {
		odds--
	}
	tail := f.tail(p.to)
	if tail == never {
		return p, never
	}
	return p, odds + tail
}

// styled reports that a name signs with its title: "Yours, Prof. T. Vos".
func (f *finder) styled(p *person) bool {
	i := f.titleBefore(p.from)
	if !p.full() || i == p.from {
		return false
	}
	if f.at(i-1).Word == "," {
		s := f.at(i - 2).Word
		return known[s]&isClose != 0 && !strings.HasPrefix(s, "thank") || known[s]&isYours != 0
	}
	return i > 0 && strings.ContainsAny(f.gap(i), "-–—")
}

// titleBefore is where a title begins that ends just before token i, or i.
func (f *finder) titleBefore(i int) int {
	j := i - 1
	if f.at(j).Word == "." {
		j--
	}
	if known[f.at(j).Word]&isTitle == 0 {
		return i
	}
	return j
}

// afterDoctor reports that the word before token i is the surname of a doctor:
// "thank you Dr Vos Tilda".
func (f *finder) afterDoctor(i int) bool {
	t := f.at(i - 1)
	if t.Mark || !f.capital(t) || known[t.Word]&(isGiven|isTitle) != 0 || f.gap(i) != " " {
		return false
	}
	return known[f.at(i-2).Word]&isTitle != 0 || f.at(i-2).Word == "." && known[f.at(i-3).Word]&isTitle != 0
}

// signer reads the name at token i, which may be in small letters if its first
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

// tail weighs what follows a signature: only marks, numbers, a place or kisses,
// or a few words set off from it.
func (f *finder) tail(i int) float64 {
	if len(f.Tokens) > i+9 {
		return never
	}
	for j := i; j < len(f.Tokens); j++ {
		switch t := &f.Tokens[j]; {
		case t.Mark, f.capital(t), isDigitByte(t.Word[0]), strings.Trim(t.Word, "xo") == "", f.at(j-1).Word == "@":
		case t.Word == "in", t.Word == "of", t.Word == "from", t.Word == "de", t.Word == "the":
		case f.at(i).Word == ",", strings.ContainsAny(f.gap(i), "(-–—"):
			return -1
		default:
			return never
		}
	}
	return 0
}
