package say

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// stages is the file of a language that holds what the stages say: only its sentences
// are taken for what a finished one was made from. The pages make theirs with Say.
const stages = "stages.toml"

// finished finds the sentence of the source that a finished one was made from.
type finished struct {
	whole map[string]known // by the sentence without its dress
	made  []pattern
}

// known is a sentence of the source and what it is in this language.
type known struct{ english, text string }

// pattern is a sentence into which something is put: what stands around the holes.
type pattern struct {
	known
	around []string
}

var verb = regexp.MustCompile(`%(?:\[(\d)\])?[+#0-9.]*[a-zA-Z]`)

// percent is the sign as it stands in a finished sentence.
var percent = strings.NewReplacer("%%", "%")

// newFinished takes the phrases into which nothing is put, and as patterns those of the
// stages into which something is. Those with the most words of their own come first: they fit the fewest.
func newFinished(phrases phrasebook) *finished {
	f := &finished{whole: map[string]known{}}
	for key, p := range phrases {
		switch {
		case p.text == "":
		case !verb.MatchString(key):
			if bare := undress(key); f.whole[bare].english == "" || key < f.whole[bare].english {
				f.whole[bare] = known{key, p.text}
			}
		case p.stage:
			around := percent.Replace(verb.ReplaceAllString(undress(key), "\x00"))
			f.made = append(f.made, pattern{known{key, percent.Replace(p.text)}, strings.Split(around, "\x00")})
		}
	}
	slices.SortFunc(f.made, func(a, b pattern) int {
		if d := len(strings.Join(b.around, "")) - len(strings.Join(a.around, "")); d != 0 {
			return d
		}
		return strings.Compare(a.english, b.english)
	})
	return f
}

// undress takes from a sentence what depends on where it stands: the capital and the
// full stop.
func undress(s string) string { return strings.TrimSuffix(Lower(s), ".") }

// dress puts on what k is in this language what s has on.
func (k known) dress(text, s string) string {
	if strings.HasSuffix(k.english, ".") {
		text = strings.TrimSuffix(text, ".")
	}
	if strings.HasSuffix(s, ".") {
		text += "."
	}
	switch {
	case upper(s):
		return Capital(text)
	case upper(k.english):
		return Lower(text)
	}
	return text
}

func upper(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

// holes are what was put into the pattern to make s; nil: s was not made of it. bare is
// s undressed.
func (p *pattern) holes(s, bare string) []string {
	last := len(p.around) - 1
	if !strings.HasSuffix(bare, p.around[last]) {
		return nil
	}
	if p.around[0] != "" {
		s = bare
	}
	s, begins := strings.CutPrefix(strings.TrimSuffix(s, "."), p.around[0])
	s, ends := strings.CutSuffix(s, p.around[last])
	if !begins || !ends {
		return nil
	}
	var out []string
	for _, next := range p.around[1:last] {
		hole, rest, found := strings.Cut(s, next)
		if !found || hole == "" {
			return nil
		}
		out, s = append(out, hole), rest
	}
	if out = append(out, s); s == "" || slices.ContainsFunc(out, several) {
		return nil
	}
	return out
}

// several reports whether a hole holds more than was put in: the end of a sentence, and
// not of somebody's words.
func several(hole string) bool { return strings.Contains(hole, ". ") && !strings.HasPrefix(hole, "*") }

// deepest is how far sentences are taken apart that are put into others.
const deepest = 4

// Whole puts a finished sentence of a stage into this language. The stages speak
// English, and keep what they said with a case: so it is looked up as a whole, or by
// the sentence it was made from, and what was put into it likewise; several in a row
// one by one. Whether it begins with a capital and ends with a full stop does not
// matter. *Words* between asterisks are somebody's and stay. A sentence that is not
// known stays as it is: better in English than not at all.
func (w *Words) Whole(sentence string) string {
	if w.Lang == English || sentence == "" {
		return sentence
	}
	out, _ := w.whole(sentence, deepest)
	return out
}

func (w *Words) whole(s string, deep int) (text string, found bool) {
	if p, ok := w.phrases[s]; ok && p.text != "" {
		return p.text, true
	}
	bare := undress(s)
	if k, ok := w.finished.whole[bare]; ok {
		return k.dress(k.text, s), true
	}
	if deep == 0 || strings.HasPrefix(s, "*") && strings.HasSuffix(s, "*") {
		return s, false
	}
	if n, of, ok := counted(s); ok {
		if _, ok := w.phrases[of]; ok {
			return w.Count(n, of), true
		}
	}
	for i := range w.finished.made {
		p := &w.finished.made[i]
		if parts := p.holes(s, bare); parts != nil {
			return p.dress(w.fill(p.text, parts, deep-1), s), true
		}
	}
	return w.row(s, deep)
}

// row takes sentences that stand in a row apart. Unless all are known it is none; more
// than a few are no stage's.
func (w *Words) row(s string, deep int) (text string, found bool) {
	if strings.Count(s, ". ") > 2*deepest {
		return s, false
	}
	for at := range s {
		if !strings.HasPrefix(s[at:], ". ") {
			continue
		}
		if first, ok := w.whole(s[:at+1], deep-1); ok {
			if rest, ok := w.whole(s[at+2:], deep-1); ok {
				return first + " " + rest, true
			}
		}
	}
	return s, false
}

// fill puts parts into a sentence, each in this language.
func (w *Words) fill(into string, parts []string, deep int) string {
	i := 0
	return verb.ReplaceAllStringFunc(into, func(v string) string {
		n := i
		if at := verb.FindStringSubmatch(v)[1]; at != "" {
			n = int(at[0] - '1')
		}
		i++
		if n >= len(parts) {
			return v
		}
		part, _ := w.whole(parts[n], deep)
		return part
	})
}
