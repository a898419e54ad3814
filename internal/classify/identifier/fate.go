package identifier

import (
	"strings"

	"triage/internal/classify/lexicon"
)

// What a sentence says of the person that it names: of a patient what befell
// the body, of a clinician what was done to the writer. Weights are those of
// a name's form.
const (
	suffers = 5 // "Ann Bee had her knee done", who may be anybody, "in memory of Ann Bee"
	patient = 6 // "here Ann Bee had her knee done"
)

// reach is how many tokens after a name its sentence is read.
const reach = 12

// fate weighs what befell the person, in the words after the name or, if a
// sentence ends there, in those before.
func (f *finder) fate(p *person) int {
	if p.rare == 0 {
		return 0
	}
	end := f.clause(p.to)
	detail := f.medical(p.to, end)
	switch suffered := detail >= 0 && f.undergoes(p, detail) || f.operatedOn(p, end); {
	case f.addressed(p, detail), suffered && f.tied(p, end):
		return patient
	case suffered, f.mourned(p):
		return suffers
	}
	return 0
}

// clause is the token where the sentence ends that goes on at token i.
func (f *finder) clause(i int) int {
	end := min(i+reach, len(f.Tokens))
	for j := i; j < end; j++ {
		switch f.Tokens[j].Word {
		case ".", "!", "?", ";", "\n":
			return j
		}
	}
	return end
}

// medical is the first token of a medical term, or of a child that is born,
// between two tokens, or -1.
func (f *finder) medical(from, to int) int {
	for j := from; j < to; j++ {
		switch f.Tokens[j].Word {
		case "baby", "bebe", "twins", "gemelos", "jumeaux":
			return j
		}
		if h := f.hit(j); h != nil && h.Tags.Any(lexicon.Medical|lexicon.Of(lexicon.TagVProc)) {
			return j
		}
	}
	return -1
}

// undergoes reports that a verb soon after the name makes its person the one
// who has the detail, which is not the writer's.
func (f *finder) undergoes(p *person, detail int) bool {
	verb := false
	for j := p.to; j < detail; j++ {
		w := f.Tokens[j].Word
		l := known[w]
		if l&isFirst != 0 || w == "they" || w == "they've" || w == "you" {
			return false
		}
		verb = verb || l&isFate != 0 && j < p.to+4
	}
	return verb || known[f.at(detail).Word]&isFate != 0 && detail < p.to+4
}

// tied reports that the sentence speaks of the practice beside the person.
func (f *finder) tied(p *person, end int) bool {
	for j := max(0, p.from-4); j < end; j++ {
		switch f.Tokens[j].Word {
		case "here", "there", "where", "them", "ask", "you", "your", "aqui", "ahi", "alli", "donde", "ustedes", "vosotros", "preguntenle", "pregunta", "ici", "vous", "chez", "demandez", "demande":
			return true
		}
	}
	return false
}

// operatedOn reports "operaron a Ana Olmo" and "a Ana Olmo le pusieron".
func (f *finder) operatedOn(p *person, end int) bool {
	if s := f.at(p.from - 1).Word; s != "a" && s != "à" {
		return false
	}
	if known[f.at(p.from-2).Word]&isTended != 0 {
		return true
	}
	for j := p.to; j < p.to+4 && j < end; j++ {
		if s := f.Tokens[j].Word; s == "le" || s == "lo" || s == "la" {
			return f.medical(j, end) >= 0
		}
	}
	return false
}

// addressed reports that the writer speaks to the person, by a tag or at the
// start of a text, of the person's own detail: "@Ann Bee ask them about your hip".
func (f *finder) addressed(p *person, detail int) bool {
	if detail < 0 || f.at(p.from-1).Word != "@" && p.from > 0 {
		return false
	}
	yours := false
	for j := p.to; j <= detail; j++ {
		if f.relative(j) || known[f.Tokens[j].Word]&isFirst != 0 {
			return false
		}
		switch f.Tokens[j].Word {
		case "your", "you", "te", "tu", "ton", "ta", "tes", "t":
			yours = true
		}
	}
	return yours
}

// mourned reports words before a name that are said of the dead, or of those
// whose papers lie in a practice.
func (f *finder) mourned(p *person) bool {
	switch f.at(p.from - 1).Word {
	case "rip", "peace", "paz", "qepd", "saved", "murio", "fallecio", "sauve":
		return true
	case "of", "de", "d":
		switch f.at(p.from - 2).Word {
		case "memory", "memoria", "memoire", "notes", "results", "resultados", "resultats", "funeral", "discharge", "alta":
			return true
		}
	}
	return false
}

// treats reports that the person did something to the writer, as clinicians
// do: "Ann Bee did my knee", "Ana Olmo me operó", "qui m'a suivie".
func (f *finder) treats(p *person) bool {
	j := p.to
	switch f.at(j).Word {
	case "who", "que", "qui", "quien":
		j++
	default:
		if (known[f.at(p.from-1).Word]|known[f.at(p.from-2).Word])&isIntro != 0 {
			return false
		}
	}
	if f.relative(p.from-1) || strings.ContainsAny(f.gap(p.to), "-–—\n(") {
		return false
	}
	switch f.at(j).Word {
	case "me", "nos", "m", "nous":
		return true
	}
	for k := j; k < j+2; k++ {
		if t := f.at(k); t.Mark || known[t.Word]&(isCall|isFate|isFirst|isTie) != 0 {
			return false
		}
		if known[f.at(k+1).Word]&isFirst != 0 {
			return true
		}
	}
	return false
}

// touted reports that the person is to be invested with.
func (f *finder) touted(p *person) bool {
	before, after := f.around(p.from, p.to, 10, 12)
	return (before|after)&isScheme != 0
}

// besideTitled reports that names go on after this one to one with a title: "Ann
// Bee, Tom Dee and Dr Vos".
func (f *finder) besideTitled(p *person) bool {
	for j := p.to; j < len(f.Tokens) && j < p.to+8; j++ {
		t := &f.Tokens[j]
		switch {
		case j > p.to && known[t.Word]&isTitle != 0 && f.capital(t):
			return true
		case t.Word == ",", t.Word == "and", t.Word == "&", t.Word == "y", t.Word == "et":
		case !f.capital(t):
			return false
		}
	}
	return false
}
