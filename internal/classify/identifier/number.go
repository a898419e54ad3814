package identifier

import "strings"

// run is a row of tokens with digits, such as a phone number in groups.
type run struct {
	from, to int // tokens, to exclusive
	digits   int
	coded    bool // has letters
}

// number says what the number at token i is, and returns the token after it.
func (f *finder) number(i int) int {
	if to := f.date(i); to > 0 {
		if odds := f.isBirth(i, to); odds > never {
			f.add(f.dateStart(i), f.Tokens[to-1].End, birth, odds)
			return to
		}
		if to > i+1 {
			return to
		}
	}
	n := f.row(i)
	start, end := f.Tokens[n.from].Start, f.Tokens[n.to-1].End
	switch {
	case n.digits >= 4 && f.isRecord(&n):
		f.addTokens(n.from, n.to, record, Sure)
	case n.digits >= 7 && n.digits <= 15 && !n.coded:
		if start > 0 && (f.Raw[start-1] == '+' || f.Raw[start-1] == '(') {
			start--
		}
		if odds := f.isPhone(n); odds > never {
			f.add(start, end, phone, odds)
		}
	case len(f.Tokens[n.to-1].Word) <= 5 && !f.address(n.from, n.to-1):
		f.dwelling(n.to - 1)
	}
	return n.to
}

// row takes in the tokens with digits from i on that only marks of grouping
// or a picture part.
func (f *finder) row(i int) run {
	n := run{from: i, to: i}
	for j := i; j < len(f.Tokens) && j < i+24; j++ {
		t := &f.Tokens[j]
		if t.Mark && j > i && t.Word != "," && t.Word != ";" && t.Word != ":" {
			continue
		}
		gap := f.Raw[f.Tokens[max(i, n.to-1)].End:max(t.Start, f.Tokens[max(i, n.to-1)].End)]
		if j > i && !((isDigitByte(t.Word[0]) || t.Word[0] == 'o' && t.Digit) && groups(gap) || gap == "-" && t.Digit) {
			break
		}
		for k := 0; k < len(t.Word); k++ {
			if isDigitByte(t.Word[k]) || t.Word[k] == 'o' && len(t.Word) > 2 {
				n.digits++
			} else {
				n.coded = true
			}
		}
		n.to = j + 1
	}
	return n
}

// groups reports whether digits on both sides of s are of one number.
func groups(s string) bool {
	if len(s) > 12 || strings.Contains(s, ". ") && len(s) == 2 || strings.ContainsAny(s, "\n,;:#$€£%") {
		return false
	}
	return len(s) <= 3 || s[0] >= 0x80 || s[len(s)-1] >= 0x80
}

// around adds up what is known of the words near a row: before it back to the
// line's start, and after it.
func (f *finder) around(from, to, back, ahead int) (before, after lore) {
	for j := from - 1; j >= 0 && j >= from-back && f.Tokens[j].Word != "\n" && f.Tokens[j].Word != "!" && f.Tokens[j].Word != "?"; j-- {
		before |= known[f.Tokens[j].Word]
	}
	for j := to; j < len(f.Tokens) && j < to+ahead && f.Tokens[j].Word != "\n" && f.Tokens[j].Word != "!"; j++ {
		after |= known[f.Tokens[j].Word]
	}
	return before, after
}

// isRecord reports a number with a shape or a word before it that makes it one
// of a patient. It takes letters beside it into the row.
func (f *finder) isRecord(found *run) bool {
	m := *found
	n := &m
	lettered := 0
	for k := 0; k < 2 && n.from > 0 && f.codeLetters(n.from-1) && strings.TrimLeft(f.gap(n.from), " -/#.") == ""; k++ {
		n.from--
		lettered++
	}
	if !f.recordCue(n, lettered) {
		return false
	}
	*found = m
	return true
}

// recordCue reports a word before a number that makes it one of a patient, with
// no word nearer that makes it something else.
func (f *finder) recordCue(n *run, lettered int) bool {
	switch f.at(n.to).Word {
	case "de", "del", "of", "du", "for":
		if (known[f.at(n.to+1).Word]|known[f.at(n.to+2).Word])&isTicket != 0 {
			return false
		}
	}
	if before, after := f.around(n.from, n.to, 8, 10); (before|after)&isJob != 0 {
		return false
	}
	for j := n.from - 1; j >= 0 && j >= n.from-8; j-- {
		t := &f.Tokens[j]
		switch l := known[t.Word]; {
		case t.Word == "\n" || t.Word == "!" || t.Word == "$" || t.Word == "£" || t.Word == "€":
			return f.shaped(n)
		case t.Word == "since" || t.Word == "in" || t.Word == "located" || t.Word == "depuis" || t.Word == "desde" || t.Word == "en":
			return f.shaped(n)
		case caseWord(t.Word) && f.mineBefore(j):
			return n.digits >= 5
		case l&isTicket != 0 && t.Word != "ref" && t.Word != "reference", t.Word == "clinica" && f.at(j-1).Word == "la", t.Word == "clinic":
			return false
		case t.Word == "cedula" && f.beside(j, isTitle):
			return false
		case l&isRecord != 0:
			return (n.digits >= 5 || n.coded || lettered > 0 || n.digits == 4 && (n.to-n.from == 1 || f.gap(n.from+1) == "-") && n.from-j <= 3 && !f.years(*n)) && n.from-j <= 6 && !f.phoneLike(n, j)
		}
	}
	return f.shaped(n)
}

func caseWord(w string) bool { return w == "case" || w == "caso" || w == "cas" }

// mineBefore reports the writer shortly before token i, with nothing sold or
// sent between: "they have me under case".
func (f *finder) mineBefore(i int) bool {
	for j := i - 1; j >= 0 && j >= i-5; j-- {
		l := known[f.Tokens[j].Word]
		if l&isFirst != 0 {
			return true
		}
		if l&isTicket != 0 || f.Tokens[j].Mark {
			return false
		}
	}
	return false
}

// beside reports a word with some lore close to token i.
func (f *finder) beside(i int, l lore) bool {
	before, after := f.around(i, i, 8, 6)
	return (before|after)&l != 0
}

// codeLetters reports capitals that are a part of a number.
func (f *finder) codeLetters(i int) bool {
	t := &f.Tokens[i]
	return f.capital(t) && len(t.Word) <= 4 && known[t.Word]&isRecord == 0 && (t.Shout || len(t.Word) == 1)
}

// phoneLike reports that a word for calling stands between the word at j and
// the row.
func (f *finder) phoneLike(n *run, j int) bool {
	for k := j + 1; k < n.from; k++ {
		switch f.Tokens[k].Word {
		case "call", "ring", "text", "phone", "cell", "mobile", "tel", "ph", "telefono", "cel", "whatsapp", "on", "au", "al", "llamar", "llamen", "rappeler":
			return !n.coded
		}
	}
	return false
}

// shaped reports numbers that are personal by their grouping alone: social
// security numbers of the US, Belgium, Switzerland and France, and Chile's RUT.
func (f *finder) shaped(n *run) bool {
	var b [16]byte
	g := b[:0]
	for j := n.from; j < n.to && len(g) < len(b); j++ {
		if !f.Tokens[j].Mark {
			g = append(g, byte('0'+min(9, len(f.Tokens[j].Word))))
		}
	}
	switch s := string(g); {
	case s == "324" && !n.coded:
		return f.gap(n.from+1) == "-"
	case s == "22232" || s == "3442" && strings.HasPrefix(f.Tokens[n.from].Word, "756") || s == "1222333" || s == "12223332":
		return true
	}
	return false
}

// isPhone tells the writer's number from that of the practice or a hotline by
// the words around.
func (f *finder) isPhone(n run) float64 {
	start, end := f.Tokens[n.from].Start, f.Tokens[n.to-1].End
	if start > 0 && strings.IndexByte("$#", f.Raw[start-1]) >= 0 || f.years(n) || f.tollFree(n) || f.own(f.Raw[start:end]) {
		return never
	}
	before, after := f.around(n.from, n.to, 8, 5)
	ticket, _ := f.around(n.from, n.to, 4, 0)
	mine, theirs := (before|after)&isMine != 0, (before|after)&isTheirs != 0
	me, theirLine := f.calls(n.from)
	switch full := n.digits <= 13 && (n.digits >= 9 || n.to-n.from > 1) && !f.fours(n); {
	case me, theirLine && before&isTitle == 0, f.claimed(n.to):
		return 3
	case f.deskLine(n.from), (before|after)&(isTrade|isScheme) != 0:
		return -6
	case ticket&isTicket != 0:
		return -4
	case theirs:
		return -2.2
	case mine:
		return 1
	case full:
		return .3
	}
	return -2.2
}

// calls reports words shortly before token i that ask for the writer to be
// called, or for somebody: "ring me", "her mobile".
func (f *finder) calls(i int) (me, somebody bool) {
	for j := i - 1; j >= 0 && j >= i-9; j-- {
		switch t := &f.Tokens[j]; t.Word {
		case "cel", "celular", "movil", "cell", "wasap", "portable":
			if j >= i-2 {
				return false, true
			}
		case "me", "us", "moi", "back":
			if (known[f.at(j-1).Word]|known[f.at(j-2).Word])&isCall != 0 {
				return true, false
			}
		case "my", "mi", "mon", "our", "his", "her":
			if known[f.at(j+1).Word]&isLine != 0 {
				his := t.Word == "his" || t.Word == "her"
				return !his, his
			}
		case "ring", "call", "text", "phone", "contact", "txt", "message", "for":
			if f.capital(f.at(j+1)) && j >= i-5 && f.begins(j+1) {
				return false, true
			}
		case "llamenme", "llamame", "llamarme", "marcarme", "marquenme", "escribanme", "rappelez", "joindre", "joignable":
			return true, false
		case "!", "?", "\n":
			return false, false
		}
	}
	return false, false
}

// tollFree reports numbers that no private person has.
func (f *finder) tollFree(n run) bool {
	a, b := f.Tokens[n.from].Word, f.at(n.from+1).Word
	switch a {
	case "0800", "800", "900", "0808", "1800", "0900", "116", "1300":
		return true
	case "1", "0", "01", "18":
		return b == "800" || b == "888" || b == "877" || b == "900"
	}
	return strings.HasPrefix(a, "0800") || strings.HasPrefix(a, "1800")
}

// years reports a row of years or of scores, such as "2019 2020 2021".
func (f *finder) years(n run) bool {
	for j := n.from; j < n.to; j++ {
		if s := f.Tokens[j].Word; !f.Tokens[j].Mark && !(len(s) == 4 && (strings.HasPrefix(s, "19") || strings.HasPrefix(s, "20"))) {
			return false
		}
	}
	return true
}

// fours reports three or more groups of four, as parcels have.
func (f *finder) fours(n run) bool {
	for j := n.from; j < n.to; j++ {
		if len(f.Tokens[j].Word) != 4 {
			return false
		}
	}
	return n.to-n.from >= 3
}
