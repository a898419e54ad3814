package say

import (
	"slices"
	"strings"
	"testing"
)

// What is put in, and how it ends, is as in the source; and it is written as Spanish is.
func TestTheFilesAreWellWritten(t *testing.T) {
	for key, p := range In(Spanish).phrases {
		for _, text := range []string{p.text, p.one, p.other} {
			if text == "" {
				continue
			}
			if wrong := miswritten(key, text); wrong != "" && (wrong != "other verbs" || text != p.one || strings.Contains(text, "%")) {
				t.Errorf("%q: %s: %q", key, wrong, text)
			}
		}
		if p.stage && strings.Contains(key, "%[") {
			t.Errorf("%q: a stage's sentence numbers what is put in", key)
		}
	}
	for lang, w := range everything() {
		for key, p := range w.phrases {
			if _, there := In(English).phrases[key]; p.one != "" && !there {
				t.Errorf("%s: what is counted is not in en/counts.toml: %q", lang, key)
			}
		}
	}
	for key := range In(English).phrases {
		if !In(Spanish).Has(key) {
			t.Errorf("es/counts.toml lacks %q", key)
		}
	}
}

// miswritten says what is wrong with a sentence in Spanish; empty: nothing.
func miswritten(key, text string) string {
	switch {
	case !slices.Equal(verbsOf(key), verbsOf(text)):
		return "other verbs"
	case strings.TrimSpace(text) != strings.TrimSpace(strings.Join(strings.Fields(text), " ")):
		return "a double space or a line break"
	case ending(key) != ending(text):
		return "another sign at the end"
	case strings.Count(text, "?") != strings.Count(text, "¿"), strings.Count(text, "!") != strings.Count(text, "¡"):
		return "a question or a call is not opened"
	case strings.ContainsAny(text, "«»"), strings.Count(text, "“") != strings.Count(text, "”"):
		return "other quotation marks than “these”"
	case strings.HasPrefix(key, " ") != strings.HasPrefix(text, " "), strings.HasSuffix(key, " ") != strings.HasSuffix(text, " "):
		return "another space around it"
	case left.MatchString(own.ReplaceAllString(text, "")):
		return "English is left"
	}
	return ""
}

// verbsOf are the verbs of a sentence with their numbers, in order of what is put in.
func verbsOf(s string) []string {
	out := verb.FindAllStringSubmatch(s, -1)
	list := make([]string, len(out))
	for i, m := range out {
		n := string(rune('1' + i))
		if m[1] != "" {
			n = m[1]
		}
		list[i] = n + strings.TrimLeft(strings.TrimPrefix(m[0], "%["+m[1]+"]"), "%")
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func ending(s string) string {
	for _, sign := range []string{"…", "...", ".", "?", "!", ":"} {
		if strings.HasSuffix(strings.TrimSpace(s), sign) {
			return sign
		}
	}
	return ""
}

// A case page has some thirty sentences of stages: together they cost less than the
// least that somebody notices.
func BenchmarkWhole(b *testing.B) {
	w := In(Spanish)
	page := []string{
		"Names an operation or treatment, of oneself.", "the comment was edited after this was approved",
		"Private message possible for 6 d 22 h, then Facebook closes it.", "It is a quiet hour: what is approved goes out from Wed 08:00 on.",
		"*your surgery* tells everyone that this person is or was a patient. Say it so that it fits a stranger too.",
		"A sentence that nobody knows, and that goes on and on. Then another one. And a third: for good measure.",
	}
	for b.Loop() {
		for _, s := range page {
			w.Whole(s)
		}
	}
}
