package identifier

import "strings"

// spokenDigits finds a phone number in words, some of its digits perhaps in
// figures, from token i on.
func (f *finder) spokenDigits(i int) int {
	words, digits, last := 0, 0, i
	for j := i; j < len(f.Tokens) && j < i+40; j++ {
		switch t := &f.Tokens[j]; {
		case known[t.Word]&isDigit != 0:
			words++
			last = j
		case allDigits(t.Word):
			digits += len(t.Word)
			last = j
		case t.Word != "," && t.Word != "y" && t.Word != "et" && t.Word != "-" && t.Word != "then" && t.Word != "luego" && t.Word != "puis" && t.Word != "dash":
			j = len(f.Tokens)
		}
	}
	if words >= 6 || words >= 2 && words+digits >= 7 {
		f.addTokens(i, last+1, inWords, Sure)
	}
	return last + 1
}

// spokenDate finds a date around the month at token i with its year in words,
// such as "third of May nineteen sixty one" and "tres de mayo del setenta". A
// whole date is hardly ever said but of a birth.
func (f *finder) spokenDate(i int) {
	from, to := i-1, i+1
	for s := f.at(from).Word; s == "de" || s == "of"; s = f.at(from).Word {
		from--
	}
	for s := f.at(to).Word; s == "de" || s == "del" || s == ","; s = f.at(to).Word {
		to++
	}
	if !numeral(f.at(from).Word) || known[f.at(to).Word]&isYear == 0 {
		return
	}
	if numeral(f.at(from-1).Word) && f.gap(from) == " " {
		from--
	}
	year := to
	for to < len(f.Tokens) && to < year+6 && (numeral(f.Tokens[to].Word) || f.Tokens[to].Word == "y" || f.Tokens[to].Word == "et") {
		to++
	}
	if odds := f.isBirth(from, to); odds > never || to > year+1 {
		f.addTokens(from, to, birth, max(odds, 1))
	}
}

// numeral reports a number in words, or an ordinal, or the day of a date.
func numeral(w string) bool {
	if known[w]&(isDigit|isYear) != 0 || dayNumber(w) > 0 || w == "premier" || w == "primero" || w == "first" || w == "second" || w == "third" {
		return true
	}
	return len(w) > 4 && (strings.HasSuffix(w, "th") || strings.HasSuffix(w, "ieth")) && known[w]&isMonth == 0
}

// surnameFirst finds "surname Vos, first name Tilda" at the word for a first
// name at token i.
func (f *finder) surnameFirst(i int) {
	to := i + 1
	for s := f.at(to).Word; s == "name" || s == "is" || s == "es" || s == ":" || s == "de"; s = f.at(to).Word {
		to++
	}
	if t := f.at(to); t.Mark || len(t.Word) < 2 || f.common(to) && known[t.Word]&isGiven == 0 {
		return
	}
	for from := i - 1; from >= 0 && from >= i-9; from-- {
		if known[f.Tokens[from].Word]&isSurname != 0 {
			f.addTokens(from, to+1, fullName, Sure)
			return
		}
	}
	if from := f.at(i - 2); f.at(i-1).Word == "," && f.capital(from) && !f.common(i-2) {
		f.addTokens(i-2, to+1, fullName, 2)
	}
}
