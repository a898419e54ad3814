package say

import (
	"regexp"
	"slices"
	"strings"
)

// patterns find the sentence of the source that a finished sentence was made from.
type patterns struct{ list []pattern }

type pattern struct {
	match *regexp.Regexp
	into  string // with %[1]s and the like
}

var verb = regexp.MustCompile(`%(?:\[(\d)\])?[sdv]|%\.2f`)

// newPatterns takes the sentences that have something put in. Those with the most
// words of their own come first: they fit the fewest.
func newPatterns(phrases map[string]phrase) *patterns {
	keys := []string{}
	for key, p := range phrases {
		if p.text != "" && verb.MatchString(key) && len(verb.ReplaceAllString(key, "")) > 3 {
			keys = append(keys, key)
		}
	}
	own := func(s string) int { return len(verb.ReplaceAllString(s, "")) }
	slices.SortFunc(keys, func(a, b string) int {
		if d := own(b) - own(a); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	out := &patterns{}
	for _, key := range keys {
		holes := strings.Split(verb.ReplaceAllString(key, "\x00"), "\x00")
		for i := range holes {
			holes[i] = regexp.QuoteMeta(holes[i])
		}
		out.list = append(out.list, pattern{regexp.MustCompile(`(?s)\A` + strings.Join(holes, "(.+?)") + `\z`), phrases[key].text})
	}
	return out
}

// deepest is how far sentences are taken apart that are put into others.
const deepest = 4

// Whole puts a finished sentence of a stage into this language. The stages speak
// English, and keep what they said with a case: so it is looked up as a whole, or by
// the sentence it was made from, and what was put into it likewise. One that is not
// known stays as it is: better in English than not at all.
func (w *Words) Whole(sentence string) string { return w.whole(sentence, deepest) }

func (w *Words) whole(sentence string, deep int) string {
	if w.Lang == English || sentence == "" {
		return sentence
	}
	if p, ok := w.phrases[sentence]; ok && p.text != "" {
		return p.text
	}
	if deep == 0 {
		return sentence
	}
	if n, of, ok := counted(sentence); ok {
		if _, known := w.phrases[of]; known {
			return w.Count(n, of)
		}
	}
	for _, p := range w.patterns.list {
		if m := p.match.FindStringSubmatch(sentence); m != nil {
			return w.fill(p.into, m[1:], deep-1)
		}
	}
	return sentence
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
		return w.whole(parts[n], deep)
	})
}
