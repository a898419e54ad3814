package identifier

import (
	"strings"

	"triage/internal/classify/lexicon"
)

// never are the odds of what is no identifier.
const never = -Sure

// isPatient weighs a name by its form and by the words on both sides: set off
// or introduced it is a patient's, beside a title or in the run of a sentence
// it is a clinician's, an author's or a singer's.
func (f *finder) isPatient(p *person) (odds float64) {
	if p.words == 1 && p.initials == 0 && f.introduced(p.from) {
		return Sure
	}
	if known[f.at(p.to).Word]&isHere != 0 && (p.full() || f.mister(p.from-1)) {
		return Sure
	}
	if !p.full() || p.words > 6 || initial(f.Tokens[p.to-1]) && f.at(p.to).Word != "." && p.to < len(f.Tokens) || f.clinician(p) || f.treats(p) || f.touted(p) || f.besideTitled(p) {
		return never
	}
	before, after := f.before(p), f.after(p)
	if before >= 3 {
		after = max(after, 0)
	} else if !p.given && known[f.Tokens[p.to-1].Word]&isStreet != 0 {
		return never // "Elm Court"
	}
	return oddsOfName(max(f.form(p)+before+after, f.fate(p)))
}

// mister reports that a title of courtesy ends at token i.
func (f *finder) mister(i int) bool {
	return known[f.at(i).Word]&isMister != 0 || f.at(i).Word == "." && known[f.at(i-1).Word]&isMister != 0
}

// oddsOfName are as they were counted in labelled texts.
func oddsOfName(weight int) float64 {
	switch {
	case weight < -3:
		return never
	case weight <= 0:
		return -1
	case weight <= 3:
		return -.4
	case weight == 4:
		return .7
	case weight == 5:
		return 2.5
	case weight == 6:
		return 5
	}
	return Sure
}

func (f *finder) form(p *person) int {
	n := 1 + min(p.rare, 1)
	if p.given {
		n++
	}
	if !p.given && (p.joined || p.initials > 0 || p.rare > 1) {
		n++
	}
	if f.Tokens[p.from].Shout && !p.given {
		n -= 2
	}
	return n
}

// before weighs what stands before a name.
func (f *finder) before(p *person) int {
	i, n := p.from-1, 0
	for f.mister(i) {
		if n = max(n, 1); len(f.at(i).Word) > 2 {
			n = 2
		}
		i--
	}
	t := f.at(i)
	if t.Word == "@" || t.Word == "#" {
		return -9
	}
	if t.Word == "," || t.Word == ":" {
		i, n = i-1, max(n, 1)
	}
	return n + f.lead(p, i, n)
}

// lead weighs the word at token i, the last before a name that is no title of
// courtesy; more by what n says of such a title.
func (f *finder) lead(p *person, i, n int) int {
	t := f.at(i)
	if l := known[f.at(i-1).Word]; (l&isIntro != 0 || f.at(i-1).Word == "this") && (t.Word == "is" || t.Word == "es" || t.Word == "now" || t.Word == "of" || t.Word == "de" || t.Word == "d" || t.Word == "spelt") || t.Word == "est" && f.at(i-1).Word == "c" {
		return 3
	}
	l := known[t.Word]
	switch {
	case l&isCall != 0 && (t.Word == "to" || t.Word == "a") && known[f.at(i-1).Word]&isClose != 0:
		return -2 - n
	case f.relative(i), (t.Word == "de" || t.Word == "d" || t.Word == "of") && f.relative(i-1):
		return 3
	case t.Word == "de" || t.Word == "d":
		if known[f.at(i-1).Word]&isClose != 0 {
			return 2
		}
		return -1
	case l&(isIntro|isHere) != 0:
		return 3
	case t.Word == "our", t.Word == "notre", t.Word == "nuestro", t.Word == "nuestra":
		return 1
	case i < 0 || t.Mark || strings.ContainsAny(f.gap(p.from), "-–—~\n("):
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
	h := f.hit(i)
	return h != nil && h.Tags.Any(lexicon.Of(lexicon.TagFam, lexicon.TagOther)) && !h.Tags.Has(lexicon.TagSpec)
}

// after weighs what stands after a name.
func (f *finder) after(p *person) int {
	t := f.at(p.to)
	switch {
	case strings.HasSuffix(f.Tokens[p.to-1].Word, "'s"):
		return -2
	case p.to >= len(f.Tokens) || t.Mark || isDigitByte(t.Word[0]) || strings.ContainsAny(f.gap(p.to), "-–—\n()"):
		return 1
	}
	from := p.from
	if known[f.at(from-1).Word]&isMister != 0 {
		from--
	}
	if f.at(from-1).Mark || from == 0 {
		return -2
	}
	return -1
}

// clinician reports a title beside the name, or the surname after a title
// somewhere else in the text.
func (f *finder) clinician(p *person) bool {
	for j := p.from - 1; j >= 0 && j >= p.from-3; j-- {
		t := &f.Tokens[j]
		if strings.ContainsAny(f.gap(j+1), "-–—~\n)") || t.Word == "it's" || t.Word == "its" || t.Word == "i'm" || t.Word == "im" || t.Word == "soy" || t.Mark && (t.Word != "." || known[f.at(j-1).Word]&isTitle == 0 || f.at(j-1).Word == "doc" || len(f.at(j-1).Word) > 4) {
			break
		}
		if known[t.Word]&isTitle != 0 && len(t.Word) > 1 && !f.possessed(j) {
			return true
		}
	}
	if f.at(p.from-1).Word == "," && known[f.at(p.from-2).Word]&isTitle != 0 && known[f.at(p.from-3).Word]&(isSmall|isParticle) != 0 {
		return true // "her nurse, Tilda Vos"
	}
	j := p.from
	for known[f.at(j-1).Word]&isMister != 0 {
		j--
	}
	switch f.at(j - 2).Word {
	case "assistant", "maire", "alcalde", "alcaldesa", "director", "directeur":
		return true
	}
	j = p.to
	if s := f.at(j).Word; s == "," || s == "the" || s == "la" || s == "el" {
		j++
	}
	if known[f.at(j).Word]&isTitle != 0 && (f.capital(f.at(j)) || (j > p.to || strings.IndexByte(f.gap(j), '(') >= 0) && len(f.at(j).Word) > 2) || f.at(j).Word == "m" && f.at(j+2).Word == "d" {
		return true
	}
	last := f.Tokens[p.to-1].Word
	for j := 1; j < len(f.Tokens) && j < 400; j++ {
		if f.capital(&f.Tokens[j]) && f.Tokens[j].Word == last && (j < p.from || j >= p.to) && (known[f.at(j-1).Word]|known[f.at(j-2).Word])&isTitle != 0 {
			return true
		}
	}
	return false
}

// possessed reports "my" before token i: a sister or a father then, no nurse
// or priest.
func (f *finder) possessed(i int) bool {
	switch f.at(i - 1).Word {
	case "my", "mi", "mon", "ma", "our", "his", "her", "su", "notre", "nuestro", "nuestra":
		return f.Tokens[i].Word == "sister" || f.Tokens[i].Word == "father" || f.Tokens[i].Word == "padre" || f.Tokens[i].Word == "uncle" || f.Tokens[i].Word == "aunt" || f.Tokens[i].Word == "tante"
	}
	return false
}
