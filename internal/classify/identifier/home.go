package identifier

// dwelling finds a home without a street and number around the number at token
// i: "vivo en Residencial Los Olmos, bloque 4, apto 3C". Somebody must be said
// to live there, and the place to have a name.
func (f *finder) dwelling(i int) {
	if !f.unit(i) {
		return
	}
	from, named := f.estate(i)
	to := i + 1
	for next := to; next < len(f.Tokens) && next < i+8; next++ {
		switch t := &f.Tokens[next]; {
		case t.Word == ",":
		case known[t.Word]&isUnit != 0 && next+1 < len(f.Tokens) && len(f.Tokens[next+1].Word) <= 4:
			next++
			to = next + 1
		case !named && f.capital(t) && known[f.at(next+1).Word]&isEstate != 0:
			named, to = true, next+2
		default:
			next = len(f.Tokens)
		}
	}
	if named && f.lived(from) {
		f.addTokens(from, to, street, 3)
	}
}

// unit reports a word such as "flat" before the number at token i.
func (f *finder) unit(i int) bool {
	if known[f.at(i-1).Word]&isUnit != 0 {
		return true
	}
	switch f.at(i - 1).Word {
	case ".", "#", "n", "no", "nº", "num", "numero", "number":
		return known[f.at(i-2).Word]&isUnit != 0
	}
	return false
}

// estate is where the words begin that name the house of the number at token
// i, and whether they do.
func (f *finder) estate(i int) (from int, named bool) {
	from = i - 1
	for j := i - 1; j >= 0 && j >= i-12; j-- {
		t := &f.Tokens[j]
		l := known[t.Word]
		switch {
		case l&isEstate != 0:
			return j, named
		case l&isUnit != 0:
			from = j
		case f.capital(t):
			from, named = j, true
		case t.Word == ",", t.Word == ".", l&isParticle != 0, len(t.Word) == 1, isDigitByte(t.Word[0]):
		default:
			return from, named
		}
	}
	return from, named
}

// lived reports that somebody is said to live, or to be, at what begins at
// token i.
func (f *finder) lived(i int) bool {
	for j := i - 1; j >= 0 && j >= i-6; j-- {
		l := known[f.Tokens[j].Word]
		if l&isHome != 0 && l&isUnit == 0 {
			return true
		}
	}
	return f.there(i) || f.at(i-1).Word == "en" && f.at(i-2).Word == "queda" && f.at(i-4).Word == "mi"
}

// there reports that a person, no firm, is said to be at token i: "je suis
// seule au", "estamos en", "I'm at".
func (f *finder) there(i int) bool {
	for j := i - 1; j >= 0 && j >= i-7; j-- {
		switch f.Tokens[j].Word {
		case "suis", "sommes", "estoy", "estamos":
			return !wentTo(f.at(j + 1).Word)
		case "i'm", "im", "we're", "he's", "she's":
			return j >= i-3
		case "est":
			switch f.at(j - 1).Word {
			case "il", "elle", "on":
				return !wentTo(f.at(j + 1).Word)
			}
			return false
		case ".", "!", "?", ";", "\n":
			return false
		}
	}
	return false
}

// wentTo are what follows "je suis" where somebody was and is no more.
func wentTo(w string) bool {
	switch w {
	case "alle", "allee", "alles", "venu", "venue", "venus", "passe", "passee", "passes", "ravi", "ravie", "satisfait", "satisfaite", "content", "contente":
		return true
	}
	return false
}
