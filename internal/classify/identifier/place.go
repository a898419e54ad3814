package identifier

import (
	"strings"

	"triage/internal/classify/lexicon"
)

// date returns the token after a date that has day, month and year and begins
// at i, or 0.
func (f *finder) date(i int) int {
	a, b := &f.Tokens[i], f.at(i+1)
	if known[f.at(i-1).Word]&isMonth != 0 && dayNumber(a.Word) > 0 {
		return f.year(i+1, i)
	}
	j := i + 1
	if b.Word == "." || b.Word == "de" || b.Word == "of" {
		b = f.at(i + 2)
		j++
	}
	if known[b.Word]&isMonth != 0 && dayNumber(a.Word) > 0 {
		return f.year(j+1, i)
	}
	if !allDigits(a.Word) || !allDigits(b.Word) || strings.TrimLeft(f.Raw[a.End:b.Start], " /.-") != "" || b.Start-a.End > 3 {
		return 0
	}
	if k := j + 1; len(a.Word) == 4 && len(b.Word) == 2 && dayNumber(f.at(k).Word) > 0 {
		return k + 1
	} else if dayNumber(a.Word) > 0 && dayNumber(b.Word) > 0 && (dayNumber(a.Word) <= 12 || dayNumber(b.Word) <= 12) {
		return f.year(k, i)
	}
	return 0
}

// dateStart is where the date at token i begins, its month perhaps before it.
func (f *finder) dateStart(i int) int {
	if known[f.at(i-1).Word]&isMonth != 0 {
		i--
	}
	return f.Tokens[i].Start
}

// year returns the token after a year at j or just beyond, or 0.
func (f *finder) year(j, from int) int {
	for ; j < len(f.Tokens) && j < from+7; j++ {
		t := &f.Tokens[j]
		switch {
		case t.Word == "," || t.Word == "." || t.Word == "de" || t.Word == "del":
		case allDigits(t.Word) && (len(t.Word) == 2 || len(t.Word) == 4 && (t.Word[:2] == "19" || t.Word[:2] == "20")):
			if n := f.at(j + 1); len(t.Word) == 2 && n.Start > 0 && n.Start-t.End <= 1 && !n.Mark && isDigitByte(n.Word[0]) {
				return 0
			}
			return j + 1
		default:
			return 0
		}
	}
	return 0
}

// dayNumber returns the day or month that a word such as "3rd" is, or 0.
func dayNumber(s string) int {
	if len(s) == 0 || !isDigitByte(s[0]) {
		return 0
	}
	n, k := int(s[0]-'0'), 1
	if len(s) > 1 && isDigitByte(s[1]) {
		n, k = 10*n+int(s[1]-'0'), 2
	}
	switch s[k:] {
	case "", "st", "nd", "rd", "th", "er", "o":
		if n <= 31 {
			return n
		}
	}
	return 0
}

// isBirth weighs a date by a word of birth near it, a name or a relative.
func (f *finder) isBirth(from, to int) float64 {
	if known[f.at(from-1).Word]&isMonth != 0 {
		from--
	}
	for j := from - 1; j >= 0 && j >= from-6 && f.Tokens[j].Word != "\n"; j-- {
		if s := f.Tokens[j].Word; known[s]&isBorn != 0 && (len(s) > 1 || j >= from-2) {
			return f.bornOf(j + 1)
		}
	}
	switch f.at(from - 1).Word {
	case "i'm", "im":
		return Sure
	case "del", "du":
		if s := f.at(from - 2).Word; s == "soy" || s == "suis" {
			return Sure
		}
	}
	for j := to; j < len(f.Tokens) && j < to+8 && f.Tokens[j].Word != "."; j++ {
		if s := f.Tokens[j].Word; known[s]&isBorn != 0 && len(s) > 1 {
			return min(f.bornOf(j+1), 1)
		}
	}
	if f.nameBefore(from) {
		return 2
	}
	return f.standing(from, to)
}

// bornOf weighs what follows a word of birth: a clinic is no patient.
func (f *finder) bornOf(i int) float64 {
	t := f.at(i)
	if t.Word == "esta" || t.Word == "cette" {
		t = f.at(i + 1)
	}
	if known[t.Word]&isTheirs != 0 {
		return never
	}
	return Sure
}

// standing weighs a date by what sets it off: brackets or commas after a
// relative, or on both sides.
func (f *finder) standing(from, to int) float64 {
	b, off := from-1, strings.ContainsAny(f.gap(from), "(-")
	if f.at(b).Mark {
		b, off = b-1, true
	}
	switch {
	case f.relative(b) && off:
		return 1.5
	case f.relative(b):
		return 0
	case off && len(f.Tokens) <= 25 && (to >= len(f.Tokens) || f.at(to).Mark || strings.ContainsAny(f.gap(to), ")-")):
		return -1
	}
	return never
}

// address finds a street with a house number around the number at token i; the
// number of a flat may be before it, from token from on. It reports whether
// there is one.
func (f *finder) address(from, i int) bool {
	_, to := f.streetAfter(i)
	if to == 0 {
		from, to = f.streetBefore(i)
	}
	if to > 0 {
		f.addTokens(from, to, street, f.livesAt(from, to))
	}
	return to > 0
}

// livesAt weighs a street by the words around: somebody lives there, or a firm
// is to be found there.
func (f *finder) livesAt(from, to int) float64 {
	before, after := f.around(from, to, 7, 5)
	if s := f.at(from - 2).Word; f.at(from-1).Word == "at" && (s == "i'm" || s == "im" || s == "am" || s == "we're" || s == "are") {
		before |= isHome
	}
	if f.there(from) {
		before |= isHome
	}
	home, theirs := (before|after)&isHome != 0, (before|after)&isTheirs != 0
	switch {
	case f.placed(from, to), theirs && !home:
		return -2.2
	case theirs:
		return 1
	case home:
		return Sure
	case f.All.Any(lexicon.Of(lexicon.TagDanger, lexicon.TagHelp)):
		return 3
	case f.at(from-1).Word == "at":
		return -1.5
	case f.livedIn():
		return 1
	}
	return .3
}

// livedIn reports that the text speaks of the writer or a relative, so that an
// address is where somebody lives.
func (f *finder) livedIn() bool {
	return f.All.Any(lexicon.Of(lexicon.TagSelf, lexicon.TagFam))
}

// placed reports words that put a firm or an office at an address.
func (f *finder) placed(from, to int) bool {
	if f.theyMoved(from) {
		return true
	}
	for j := max(0, from-6); j < len(f.Tokens) && j < to+7; j++ {
		switch f.Tokens[j].Word {
		case "suite", "parking", "park", "opposite", "upstairs", "relocated", "mudaron", "floor", "lift", "piso", "cabinet", "optica", "banco", "building", "stand", "located", "ubicado", "queda", "shop", "had", "since", "sucursal", "keypad", "you're", "expo", "consultorio":
			return true
		}
	}
	return false
}

// theyMoved reports "they've moved to" before token i.
func (f *finder) theyMoved(i int) bool {
	for j := i - 1; j > 0 && j >= i-4; j-- {
		switch f.Tokens[j].Word {
		case "moved", "moving", "demenage":
			for k := j - 1; k >= 0 && k >= j-3; k-- {
				switch f.Tokens[k].Word {
				case "they", "they've", "they're", "ils", "elles":
					return true
				}
			}
		}
	}
	return false
}

// streetAfter matches "12 Elm Road" and "12 bis rue des Lilas".
func (f *finder) streetAfter(i int) (from, to int) {
	j := i + 1
	for j < len(f.Tokens) && (f.Tokens[j].Word == "," || f.Tokens[j].Word == "bis" || f.Tokens[j].Word == "ter") {
		j++
	}
	if t := f.at(j); known[t.Word]&isCalle != 0 && (f.Lang == "fr" || f.capital(f.at(j+1))) && len(t.Word) > 1 {
		for j++; j < len(f.Tokens) && (f.Tokens[j].Word == "." || known[f.Tokens[j].Word]&isParticle != 0 || f.Tokens[j].Word == "l") && !f.capital(&f.Tokens[j]); j++ {
		}
		if f.at(j).Mark {
			return 0, 0
		}
		return i, j + 1
	}
	for k := j; k < len(f.Tokens) && k <= j+4; k++ {
		t := &f.Tokens[k]
		if t.Mark && t.Word != "." {
			return 0, 0
		}
		if k > j && known[t.Word]&isStreet != 0 && (f.capital(t) || k == j+1 && clearStreet(t.Word)) {
			return i, k + 1
		}
		if !f.capital(t) && (k > j || f.common(k)) {
			return 0, 0
		}
	}
	return 0, 0
}

func clearStreet(s string) bool {
	switch s {
	case "street", "st", "road", "rd", "ave", "avenue", "lane", "crescent", "cres", "drive", "boulevard", "blvd", "close", "terrace":
		return true
	}
	return false
}

// streetBefore matches "calle Olmo 12" and "rue Basse 33"; in small letters
// only where somebody is said to live there.
func (f *finder) streetBefore(i int) (from, to int) {
	small := false
	if f.Lang == "en" && !f.capital(f.at(i-1)) {
		return 0, 0
	}
	for j := i - 1; j >= 0 && j >= i-7; j-- {
		t := &f.Tokens[j]
		switch l := known[t.Word]; {
		case l&isCalle != 0 && (len(t.Word) > 1 || f.capital(t) && strings.HasPrefix(f.Raw[t.End:], "/")):
			before, _ := f.around(j, j, 7, 0)
			if (f.Lang == "en" && !f.capital(t) || small || j == i-1) && (before&isHome == 0 || f.Lang == "fr") {
				return 0, 0
			}
			return j, i + 1
		case t.Word == "," && j == i-1 || t.Word == "#" || t.Word == "." && known[f.at(j-1).Word]&isCalle != 0 || l&isParticle != 0 || t.Word == "n" || t.Word == "no" || t.Word == "mz" || t.Word == "casa" || t.Word == "sur" || t.Word == "norte":
		case t.Mark || l&(isMonth|isTheirs) != 0:
			return 0, 0
		case !f.capital(t):
			small = true
		}
	}
	return 0, 0
}
