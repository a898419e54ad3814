package gate

import (
	"unicode"

	"triage/internal/respond/gate/plain"
)

// otherScript reports whether most letters of a text are of another script.
func otherScript(text string) bool {
	latin, other := 0, 0
	for _, r := range text {
		switch {
		case r < unicode.MaxASCII || !unicode.IsLetter(r):
			latin++
		case !unicode.In(r, unicode.Latin, unicode.Common, unicode.Inherited):
			other++
		}
	}
	return other > latin
}

// foreign reports whether most of the text, or a sentence of it, is made of words
// that the language has not.
func (p *page) foreign() bool {
	foreign, all := make([]int, p.Sentences+1), make([]int, p.Sentences+1)
	total, strange := 0, 0
	for i, w := range p.Words {
		if w.Kind != plain.Letters || p.staff[i] || w.Tricks != 0 && w.Tricks != plain.Foreign {
			continue
		}
		all[w.Sentence]++
		total++
		switch {
		case p.In(i, "foreign") && !p.In(i, "small"):
			foreign[w.Sentence]++
		case !p.known[i] && !w.Capital && len(w.Text) > 2:
			strange++
		}
	}
	for s, n := range foreign {
		if n >= 2 && n*5 >= all[s] || n+strange >= 3 && 2*(n+strange) >= total {
			return true
		}
	}
	return false
}
