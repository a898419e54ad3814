package gate

import (
	"strings"
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

// foreign reports whether most of the text, or a part of it, is made of words that
// the language has not.
func (p *page) foreign() bool {
	var part, sentence, text tally
	for i, w := range p.Words {
		switch {
		case w.Kind == plain.Mark && strings.Contains(".?!;,:\n", w.Text):
			if part.mostly() {
				return true
			}
			part = tally{}
			if !strings.Contains(",:", w.Text) {
				if sentence.mostly() {
					return true
				}
				sentence = tally{}
			}
			continue
		case w.Kind != plain.Letters || p.staff[i] || w.Tricks != 0 && w.Tricks != plain.Foreign:
			continue
		}
		part.add(p, i)
		sentence.add(p, i)
		text.add(p, i)
	}
	return part.mostly() || sentence.mostly() || text.most()
}

// mostly reports whether enough words of a sentence are of another language, or
// of none.
func (t *tally) mostly() bool {
	return t.foreign >= 2 && t.foreign*5 >= t.all || t.elsewhere >= 3 && t.elsewhere*5 >= t.all || t.odd >= 3 && t.odd*2 >= t.all
}

// tally counts the words of a text, or of a part of one.
type tally struct{ all, foreign, strange, odd, elsewhere int }

// add counts word i.
func (t *tally) add(p *page, i int) {
	w := p.Words[i]
	t.all++
	switch {
	case p.In(i, "foreign") && !p.In(i, "small"):
		t.foreign++
		t.elsewhere++
	case !p.known[i] && p.words.odd(w) && p.words.elsewhere(w.Text):
		t.elsewhere++
	case !p.known[i] && !w.Capital && len(w.Text) > 2:
		t.strange++
	}
	if len(w.Text) > 1 && (!w.Capital || w.Shout) && !p.known[i] && p.words.odd(w) && !p.unit(i) {
		t.odd++
	}
}

// most reports whether so much of a text is in no list that it cannot be judged:
// a part of the texts fit to be published has one such word, hardly any has two
// among ten.
func (t *tally) most() bool {
	return t.foreign+t.strange >= 3 && 2*(t.foreign+t.strange) >= t.all || 2*t.elsewhere > t.all || t.odd >= 2 && t.odd*5 >= t.all
}

// unit reports a word that belongs to the number before it, as in "20th".
func (p *page) unit(i int) bool {
	return i > 0 && p.Words[i-1].Kind == plain.Number && p.Words[i-1].End == p.Words[i].Start
}

// elsewhere reports an everyday word of another language.
func (l *tongue) elsewhere(w string) bool {
	for _, o := range l.others {
		if len(w) > 1 && o.vocabulary[w] {
			return true
		}
	}
	return false
}
